import { hashRiskTable } from '../../../protocol/risk-table.ts'
import { type Intent, samplePrices } from '../../../venue/index.ts'
import type { FlowSummary } from '../../../venue/replay.ts'
import { refusalOf } from '../chain.ts'
import { expect } from '../expect.ts'
import { checkFlow } from '../flow-check.ts'
import { enterVenue } from '../owners.ts'
import { openingTrade } from '../sample.ts'
import { askForMoney } from '../withdrawals.ts'
import type { World } from '../world.ts'

/** What a contract refused, and by which of its errors. */
export type Refused = readonly (readonly [attempt: string, error: string])[]

export interface MoneyAct {
  readonly summary: FlowSummary
  readonly refusals: Refused
}

/** Traders register and deposit, trade at the first risk table (what is given, then the sample's flow), and withdraw. */
export async function actOfMoney(world: World, trades: readonly Intent[]): Promise<MoneyAct> {
  const { stages, sample, chain, owners, venue, opening } = world
  await stages.run(`Register and deposit: ${owners.length} traders, on chain`, (report) =>
    enterVenue(owners, chain, report),
  )
  await stages.run('Let them in: prove and settle cash batches', (report) => venue.serve(report))

  const first = await stages.run('Oracles sign prices; prove the first risk table', () =>
    world.bring({ news: 'the venue opens', prices: samplePrices(sample.profile), timestamp: opening }),
  )
  expect(hashRiskTable(first.table) === hashRiskTable(sample.riskTable), 'the table is the one in the sample')
  const { batches, summary } = await stages.run('Sign orders, match, cut batches', (report) =>
    venue.match([...trades, ...openingTrade(sample), ...sample.flow], report),
  )
  checkFlow(batches, summary, sample.profile)
  await stages.run(`Prove and settle ${batches.length} trade batches`, (report) => venue.settle(batches, report))
  const refusals = await stages.run('Offer used and altered proofs', () => offerBadProofs(world))
  await withdraw(world, 'Withdraw: one trader signs, one forces it on chain', { sweep: true })
  return { summary, refusals }
}

/** Two traders ask for money and claim it. */
export async function withdraw(
  { stages, owners, venue, chain, cashier }: World,
  name: string,
  { sweep = false } = {},
): Promise<void> {
  await stages.run(name, async (report) => {
    const messages = await askForMoney(owners, venue, chain)
    await venue.serve(report, { messages, sweep })
    await cashier.collect(chain)
  })
}

async function offerBadProofs({ venue, chain, owners }: World): Promise<Refused> {
  const { proved } = venue.trades.at(-1)!
  const again = await refusalOf(chain.settle(proved))
  expect(again === 'StateRootNotCurrent', 'Settlement refuses the proof of the last batch again')
  const { statement } = proved
  const { newStateRoot } = statement
  const roots = { oldStateRoot: newStateRoot, newStateRoot: newStateRoot - 1n }
  const other = await refusalOf(chain.settle({ ...proved, statement: { ...statement, ...roots } }))
  expect(other === 'ProofRejected', 'Settlement refuses a proof for other state roots')
  const stranger = await refusalOf(chain.settleAs(await chain.account(owners.length), proved))
  expect(stranger === 'NotByOperator', 'Settlement takes batches from the operator only')
  return [
    ['the proof of the last batch, a second time', again],
    ['a proof for other state roots', other],
    ['a batch from somebody else than the operator', stranger],
  ]
}
