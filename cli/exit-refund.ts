import { ZkclearError } from '../protocol/errors.ts'
import { type QueueEntry, readExit, refundableDeposits, refundDeposit } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, fromBlockOption, SENDER_HELP } from './chain-options.ts'
import { addressOf } from './options.ts'
import { addSettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface RefundOptions extends ChainOptions {
  readonly settlement: string
  readonly payer?: string
  readonly fromBlock: bigint
}

const DESCRIPTION = `Has all deposits that a frozen venue never took credited to the address that paid them. Anybody may do it. ${SENDER_HELP}`

export const refundCommand: Verb = (run) =>
  addSettlementOption(
    addChainOptions(
      newVerb('refund', DESCRIPTION, [
        'zkclear exit refund --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      ]),
    ),
  )
    .option('--payer <address>', 'who paid them (default: the sender)', addressOf('--payer'))
    .addOption(fromBlockOption())
    .action(
      run(async ({ signal, onProgress }, options: RefundOptions) => {
        const { settlement } = options
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const provider = signer.provider!
        const payer = options.payer ?? (await signer.getAddress())
        await requireFrozen(await readExit({ provider, settlement }))
        const deposits = await refundableDeposits({ provider, settlement, payer, fromBlock: Number(options.fromBlock) })
        const refunds: (Pick<QueueEntry, 'index' | 'asset'> & Awaited<ReturnType<typeof refundDeposit>>)[] = []
        for (const deposit of deposits) {
          const { index, asset } = deposit
          refunds.push({ index, asset, ...(await refundDeposit({ signer, settlement, deposit, signal, onProgress })) })
        }
        const rows = refunds.map(({ index, asset, lots, transactionHash }) => [index, asset, lots, transactionHash])
        return {
          document: { settlement, chainId, payer, refunds },
          text:
            rows.length === 0
              ? `No deposit of ${payer} waits.`
              : `${tableText(['entry', 'asset', 'lots', 'transaction'], rows)}\n${payer} has the tokens sent: "zkclear account claim".`,
        }
      }),
    )

async function requireFrozen({ frozenAt }: { readonly frozenAt: bigint }): Promise<void> {
  if (frozenAt !== 0n) return
  const message = 'the venue lives: its deposits wait to be taken; they go back only once it is frozen'
  throw new ZkclearError('CONTRACT_REFUSED', message, { details: { refusal: 'VenueLives' } })
}
