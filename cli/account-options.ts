import type { Command } from 'commander'
import type { Connection } from '../settlement/connect.ts'
import type { Queued } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender } from './chain-options.ts'
import type { Outcome } from './report.ts'
import type { Session } from './session.ts'
import { type AccountOptions, accountOf, addSettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

export type OwnerOptions = ChainOptions & AccountOptions

/** What every transaction for an account takes. */
export function addOwnerOptions(command: Command): Command {
  return addSettlementOption(addChainOptions(command)).requiredOption(
    '--account <index>',
    'the account, by its index',
    accountOf,
  )
}

/** What every transaction of a sender about an account begins with. */
export function ownerCall(
  { signal, onProgress }: Session,
  { signer }: Connection,
  { settlement, account }: AccountOptions,
) {
  return { signer, settlement, account: Number(account), signal, onProgress }
}

/** What a command reports that made an entry of the queue. */
export function queuedOutcome(
  settlement: string,
  { chainId }: Connection,
  queued: Queued & Readonly<Record<string, unknown>>,
  done: string,
): Outcome {
  const { index, account, deadline, transactionHash, blockNumber, gasUsed } = queued
  const table = tableText(
    ['account', 'entry', 'transaction', 'block', 'gas'],
    [[account, index, transactionHash, blockNumber, gasUsed]],
  )
  const text = `${table}\n${done}; the venue must serve it before ${timeText(deadline)}, or anybody may freeze the venue`
  return { document: { settlement, chainId, ...queued }, text }
}

/** A command about an account that makes an entry of the queue and takes nothing else. */
export function requestVerb(
  name: string,
  description: string,
  what: { readonly make: (call: ReturnType<typeof ownerCall>) => Promise<Queued>; readonly done: string },
): Verb {
  const example = `zkclear account ${name} --account 3 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e`
  return (run) =>
    addOwnerOptions(newVerb(name, description, [example])).action(
      run(async (session, options: OwnerOptions) => {
        using connection = await connectSender(options)
        const queued = await what.make(ownerCall(session, connection, options))
        return queuedOutcome(options.settlement, connection, { ...queued }, what.done)
      }),
    )
}
