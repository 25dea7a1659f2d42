import { connect, readQueue } from '../../../settlement/index.ts'
import { publishedBatches } from '../../../settlement/published-batches.ts'
import type { startVenue } from '../node-venue.ts'
import type { Status, startServe } from './served-venue.ts'

type Chain = Pick<Awaited<ReturnType<typeof startVenue>>, 'rpcUrl' | 'settlement' | 'status'>
type Serve = Awaited<ReturnType<typeof startServe>>

const isWorkedOff = ({ queue, batches, backlog }: Status) =>
  queue.waiting === 0 && backlog.open + backlog.waiting === 0 && batches.settled === batches.sealed

/** Until the queue of the chain is served and all is settled, and the chain and the venue say the same. */
export async function allSettled(serve: Pick<Serve, 'until'>, chain: Chain): Promise<Status> {
  for (;;) {
    const status = await serve.until(isWorkedOff)
    const onChain = await chain.status()
    const isSame = status.batches.settledRoot === `${onChain.stateRoot}` && (await waiting(chain)) === 0
    if (isSame && BigInt(status.batches.settled) === onChain.batchCount) return status
  }
}

/** Entries that wait in the contract's queue. */
async function waiting({ rpcUrl, settlement }: Chain): Promise<number> {
  using connection = await connect({ rpcUrl })
  return (await readQueue({ provider: connection.signer.provider!, settlement })).length
}

/** Every batch once, in order: else this throws. */
export async function batchesOnChain({ rpcUrl, settlement }: Chain): Promise<number> {
  using connection = await connect({ rpcUrl })
  let count = 0
  const options = { provider: connection.signer.provider!, settlement, firstNumber: 1n }
  for await (const _ of publishedBatches(options)) count++
  return count
}
