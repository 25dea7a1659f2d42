import type { Exited } from './death.ts'
import type { AccountMoney, MoneyAt } from './ledger.ts'
import { feesPlot, moneyPlot, queuePlot } from './money-plots.ts'
import type { QueuePlace } from './queue-history.ts'
import { type Section, tableHtml } from './report.ts'
import { count } from './table.ts'
import { usdc } from './tape.ts'

export interface MoneyResults {
  readonly points: readonly MoneyAt[]
  readonly queue: readonly QueuePlace[]
  readonly accounts: readonly AccountMoney[]
  readonly exits: readonly Exited[]
  /** Lots of each asset that the contract still holds at the very end. */
  readonly left: readonly bigint[]
}

const exact = (lots: bigint) =>
  (Number(lots) / 1e6).toLocaleString('en-US', { minimumFractionDigits: 6, maximumFractionDigits: 6 })

export const FLOW_COLUMNS = ['account', 'brought', 'taken alive', 'owed at the end', 'paid', 'gained or lost']

/** Where every quantum of the first asset went, account by account; the last row adds up. */
export function flowRows({ accounts, exits, left }: MoneyResults): string[][] {
  const rows = accounts.map(({ account, brought, taken }) => {
    const exit = exits.find((one) => one.account === account)!
    const paid = exit.paid[0]!
    return { account, figures: [brought[0]!, taken[0]!, BigInt(exit.claim[0]!), paid, taken[0]! + paid - brought[0]!] }
  })
  const sums = rows.reduce((sum, { figures }) => sum.map((one, i) => one + figures[i]!), [0n, 0n, 0n, 0n, 0n])
  const name = (account: number) => (account === 0 ? '0 (the house)' : `${account}`)
  return [
    ...rows.map(({ account, figures }) => [name(account), ...figures.map(exact)]),
    ['all', ...sums.map(exact)],
    ['left in the contract', '', '', '', '', exact(left[0]!)],
  ]
}

export const EXIT_COLUMNS = [
  'account',
  '~position',
  'owed (USDC)',
  'paid (USDC)',
  'owed (coins)',
  'paid (coins)',
  'recover ms',
  'prove ms',
  'gas',
]

export function exitRows(exits: readonly Exited[]): string[][] {
  return exits.map(({ account, side, claim, paid, recoverMs, proveMs, gas }) => [
    `${account}`,
    side,
    count(usdc(BigInt(claim[0]!))),
    count(usdc(paid[0]!)),
    claim[1]!,
    `${paid[1]!}`,
    count(Math.round(recoverMs)),
    count(Math.round(proveMs)),
    count(Number(gas)),
  ])
}

/** What the report says of money, from the first deposit to the last payout. */
export function moneySections(results: MoneyResults): Section[] {
  return [
    {
      title: 'The money, batch by batch',
      text: 'What Settlement holds of the first asset. Accounts and fees together are the vault, to the quantum, after every batch: the demo fails if they are not. Deposits wait in the queue until a proved batch takes them; what left accounts is claimable by their owners.',
      html: `${moneyPlot(results.points)}${feesPlot(results.points)}`,
    },
    {
      title: 'The queue and its deadlines',
      text: 'Every registration, deposit and forced withdrawal is an entry that the venue must serve before its deadline. The last one was made when the venue had died: nobody served it, so anybody could freeze the venue at its deadline.',
      html: queuePlot(results.queue),
    },
    {
      title: 'Exits of the dead venue',
      text: 'A process that knew the chain and the view keys, and nothing of the venue, rebuilt each account from events, proved what it is owed at the last table, and recorded the claim. Owners were paid a claim period later.',
      html: tableHtml(EXIT_COLUMNS, exitRows(results.exits)),
    },
    {
      title: 'Where every quantum went',
      text: 'In USDC. What traders lost to each other and to fees is what others and the house gained: the last column adds up to what is left in the contract, with the sign turned, which is what rounding down left.',
      html: tableHtml(FLOW_COLUMNS, flowRows(results)),
    },
  ]
}
