import assert from 'node:assert/strict'
import { test } from 'node:test'
import { venueShape } from '../../../protocol/shape.ts'
import { genesisState } from '../../../protocol/state.ts'
import { cut } from '../../../scripts/bench/fill/cut.ts'
import { quotingFlow } from '../../../scripts/bench/fill/quoting-flow.ts'
import { bundled, type TracedWord, traceFlow } from '../../../scripts/bench/fill/trace.ts'
import { FlowReplay, sampleVenue } from '../../../venue/index.ts'

const shape = venueShape('standard')
const venue = sampleVenue({ shape, seed: 1n, asOf: 1_700_000_000n, makers: 6, takers: 30 })
const { riskTable } = venue
const state = genesisState(venue.genesis, shape)

test('batches are cut as the builder cuts them, whatever their sizes', () => {
  const flow = quotingFlow(venue, { seed: 2n, lines: 300, markets: 1 })
  const words = traceFlow({ state, riskTable }, flow)
  assert.ok(words.some(({ steps }) => steps.length > 2))
  for (const [messages, steps, accounts, lightAccounts] of [
    [4, 5, 3, 0],
    [8, 9, 2, 2],
    [32, 48, 12, 4],
  ] as const) {
    const sizes = { name: 'any', messages, signatures: messages, steps, accounts, lightAccounts }
    const replay = new FlowReplay({ state, riskTable, domain: 0n, sizes, messageChain: false })
    const batches = [...replay.run(flow)]
    const singly = cut(
      words.map((word) => [word]),
      sizes,
    )
    assert.deepEqual([singly.messages, singly.batches], [replay.summary.messages, batches.length], `${messages}`)
  }
})

const word = (account: number, market = 0): TracedWord => ({
  ...{ account, market, steps: [{ actor: account, victim: undefined }] },
})

test('up to 8 messages in a row of one account for one market are one bundle', () => {
  const list = [...Array.from({ length: 9 }, () => word(1)), word(2), word(1), word(1, 1)]
  assert.deepEqual(
    bundled(list).map(({ length }) => length),
    [8, 1, 1, 1, 1],
  )
})

test('a bundle goes into one batch, and what ended the others is told', () => {
  const bounds = { messages: 4, signatures: 2, steps: 9, accounts: 2, lightAccounts: 0 }
  const fill = cut(
    [[word(1), word(1), word(1)], [word(2), word(2)], [word(1)], [word(2)], [word(3)], [word(1, 1)]],
    bounds,
  )
  assert.deepEqual(fill, { messages: 9, batches: 4, ended: { messages: 1, signatures: 1, market: 1, flow: 1 } })
})

test('who acts takes a full slot, whose order is met a light one', () => {
  const meets: TracedWord = { account: 1, market: 0, steps: [{ actor: 1, victim: 2 }] }
  const bounds = { messages: 4, signatures: 4, steps: 9, accounts: 1, lightAccounts: 1 }
  assert.deepEqual(cut([[meets], [word(1)]], bounds).ended, { flow: 1 })
  assert.deepEqual(cut([[meets], [word(2)]], bounds).ended, { accounts: 1, flow: 1 })
})
