import { checkReceipt, decodeReceipt, type LogKey } from '../../../log/index.ts'
import type { JournalMessage } from './journal-messages.ts'
import type { Verdict } from './trader.ts'

/** How many messages got which verdict. */
function countVerdicts(verdicts: readonly Verdict[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { verdict } of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1
  return counts
}

/** Throws unless every message was accepted. */
export function requireAccepted(verdicts: readonly Verdict[]): void {
  const counts = countVerdicts(verdicts)
  if (Object.keys(counts).join() !== 'ACCEPTED') throw new Error(`not all were accepted: ${JSON.stringify(counts)}`)
}

/** Throws unless each accepted message has a receipt that is good, for the record that was named. */
export function requireReceipts(verdicts: readonly Verdict[], key: LogKey): void {
  for (const { order, record, receipt } of accepted(verdicts)) {
    const checked = checkReceipt(decodeReceipt(receipt), key, record)
    if (typeof checked === 'string') throw new Error(`the receipt of ${nameOf(order)} is not good: ${checked}`)
  }
}

/** Throws unless the journal has each accepted message once, at the record that was named, and no other message of before `others`. */
export function requireJournal(verdicts: readonly Verdict[], messages: readonly JournalMessage[], others = 0): void {
  const taken = accepted(verdicts)
  const found = new Map<string, number>()
  for (const [record, account, nonce] of messages) {
    const name = nameOf({ account, nonce })
    if (found.has(name)) throw new Error(`the journal has ${name} twice`)
    found.set(name, record)
  }
  for (const { order, record } of taken) {
    const at = found.get(nameOf(order))
    if (at !== record) throw new Error(`${nameOf(order)} was accepted as record ${record}, and the journal has ${at}`)
  }
  if (found.size !== taken.length + others) {
    throw new Error(`the journal has ${found.size} messages, and ${taken.length + others} were accepted`)
  }
}

function accepted(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ verdict }) => verdict === 'ACCEPTED')
}

function nameOf({ account, nonce }: { readonly account: number; readonly nonce: bigint | string }): string {
  return `message ${nonce} of account ${account}`
}
