import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import { SMALL } from '../../lab/instances/model.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { meetsMargin } from '../../protocol/margin.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { carriedSweep, checkFlow } from '../../scripts/demo/flow-check.ts'
import { generateSample, readSample, SAMPLE_FILES, type Sample, sampleFile } from '../../scripts/demo/sample.ts'
import { FlowReplay, type FlowSummary, type ReplayedBatch } from '../../venue/index.ts'

describe('the sample that comes with the project', () => {
  let sample: Sample
  let batches: ReplayedBatch[]
  let summary: FlowSummary

  before(async () => {
    sample = await readSample()
    const replay = new FlowReplay({ state: sample.state, riskTable: sample.riskTable, domain: 1n, sizes: SMALL })
    batches = [...replay.run(sample.flow)]
    summary = replay.summary
  })

  for (const name of SAMPLE_FILES) {
    it(`has in ${name} what the generator writes`, async () => {
      assert.equal(await readFile(sampleFile(name), 'utf8'), generateSample()[name])
    })
  }

  it('shows every kind of order and step in batches of the number that the demo shows', () =>
    checkFlow(batches, summary, 'small'))

  it('fills a batch of the standard profile with signatures and steps, and shows there what it shows here', async () => {
    const { state, riskTable, flow } = await readSample('standard')
    const replay = new FlowReplay({ state, riskTable, domain: 1n, sizes: TRADE_BATCH_SIZES.standard })
    const large = [...replay.run(flow)]
    checkFlow(large, replay.summary, 'standard')
    const { signatures, steps } = TRADE_BATCH_SIZES.standard
    const isFull = ({ transition }: ReplayedBatch) =>
      transition.bundles.length === signatures && transition.steps.length === steps
    const full = large.find(isFull)
    assert.ok(full !== undefined && messagesOf(full.transition).length > signatures)
  })

  it('carries a sweep through several makers from one batch to the next', () => {
    const { first, last } = carriedSweep(batches)
    const takers = new Set([...first.trades, ...last.trades].map(({ takerOrder }) => takerOrder))
    const { trades } = last
    assert.ok(trades.length > 0 && takers.size >= 1)
    assert.equal(trades[0]!.takerOrder, first.trades.at(-1)!.takerOrder)
  })

  it('has an account that lacks margin and one that does not, both with positions', () => {
    const { accounts } = batches.at(-1)!.transition.after
    const holders = [...accounts.entries()].filter(([, { positions }]) => positions.some(({ size }) => size !== 0n))
    const sound = holders.filter(([, account]) => meetsMargin(account, sample.riskTable, BASIS_POINTS))
    assert.ok(sound.length > 0)
    assert.ok(sound.length < holders.length)
  })
})
