import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { AlertCode } from '../../../client/wire/alerts.ts'
import type { StatusAnswer } from '../../../client/wire/status.ts'
import type { ChainFacts } from '../../../service/outside/chain-facts.ts'
import { type OutsideFacts, outsideFindings } from '../../../service/outside/outside-rules.ts'

const NOW = 1_700_000_000n
const ROOT = 77n

const CHAIN: ChainFacts = {
  ...{ block: 9, time: NOW, frozenAt: 0n, pausedUntil: 0n, closingFrom: undefined, batches: 3n, stateRoot: ROOT },
  ...{ lastBatchAt: NOW - 30n, waiting: 0n, front: undefined, table: { asOf: NOW - 60n, postedAt: NOW - 50n } },
  holdings: [{ asset: 0, queued: 1n, vault: 10n, claimable: 2n, balance: 13n }],
}

const STATUS: StatusAnswer = {
  ...{ settlement: '0x5e', profile: 'small', domain: 7n, epoch: 0n, records: 40, clock: (NOW - 5n) * 1000n },
  batches: { sealed: 3, proved: 3, settled: 3, final: 3, settledRoot: ROOT, settledVault: [10n], unsettled: [] },
  queue: { first: 4n, waiting: 0, isStalled: false },
  ...{ backlog: { open: 0, waiting: 0 }, credit: { messages: 9n, retryAfter: 0n }, alerts: [] },
}

const WELL: OutsideFacts = {
  chain: CHAIN,
  venue: { status: STATUS, maxAge: 3_600n, silence: undefined },
  log: { size: 40n, anchors: 3, faults: [], silence: undefined },
}

function raised(facts: OutsideFacts): AlertCode[] {
  const findings = outsideFindings(facts)
  return (Object.keys(findings) as AlertCode[]).filter((code) => findings[code] !== undefined)
}
const withChain = (changes: Partial<ChainFacts>) => raised({ ...WELL, chain: { ...CHAIN, ...changes } })
const withStatus = (changes: Partial<StatusAnswer>, chain = CHAIN) =>
  raised({ ...WELL, chain, venue: { ...WELL.venue, status: { ...STATUS, ...changes } } })

it('a venue at which all is well raises nothing', () => {
  assert.deepEqual(raised(WELL), [])
})

it('what the chain says raises its alerts, whatever the venue says', () => {
  const front = { number: 4n, askedAt: NOW - 60n, deadline: NOW + 50n }
  assert.deepEqual(withChain({ waiting: 1n, front }), ['QUEUE_LATE'])
  assert.deepEqual(withChain({ table: undefined }), ['TABLE_MISSING'])
  assert.deepEqual(withChain({ table: { asOf: NOW - 1_800n, postedAt: NOW } }), ['TABLE_OLD'])
  assert.deepEqual(withChain({ pausedUntil: NOW + 1n }), ['PAUSED'])
  assert.deepEqual(withChain({ closingFrom: NOW + 1n }), ['CLOSING'])
  assert.deepEqual(withChain({ frozenAt: NOW, waiting: 1n, front, table: undefined }), ['FROZEN'])
  assert.deepEqual(withChain({ holdings: [{ ...CHAIN.holdings[0]!, balance: 12n }] }), ['SOLVENCY_DRIFT'])
})

it("the journal's vault is compared where the venue stands where the chain does, and nowhere else", () => {
  const batches = { ...STATUS.batches, settledVault: [9n] }
  assert.deepEqual(withStatus({ batches }), ['SOLVENCY_DRIFT'])
  assert.deepEqual(withStatus({ batches: { ...batches, settledRoot: 78n } }), [])
})

it('a batch that grows old is seen in what the venue says', () => {
  const unsettled = [
    { index: 4, circuit: 'trade-batch' as const, timestamp: NOW - 300n, proved: false, messages: 1 },
    { index: 5, circuit: 'trade-batch' as const, timestamp: NOW, proved: false, messages: 1 },
  ]
  assert.deepEqual(withStatus({ batches: { ...STATUS.batches, unsettled } }), ['BATCH_LATE'])
})

it('a venue that does not answer is silent', () => {
  const venue = { status: undefined, maxAge: undefined, silence: 'it is gone' }
  assert.deepEqual(raised({ ...WELL, venue, log: undefined }), ['VENUE_SILENT'])
})

it('a clock that stands still while the queue waits is told, but for what a batch serves already', () => {
  const front = { number: 4n, askedAt: NOW - 200n, deadline: NOW + 86_400n }
  const chain = { ...CHAIN, waiting: 1n, front }
  const clock = (NOW - 181n) * 1000n
  assert.deepEqual(withStatus({ clock }, chain), ['RECORDS_STUCK'])
  assert.deepEqual(withStatus({ clock: (NOW - 180n) * 1000n }, chain), [])
  assert.deepEqual(withStatus({ clock, queue: { ...STATUS.queue, first: 5n } }, chain), [])
  assert.deepEqual(withStatus({ clock: 0n }, { ...chain, front: { ...front, askedAt: NOW - 180n } }), [])
})

it('a log that does not go on from what settlements carry is told', () => {
  const log = { size: 40n, anchors: 2, faults: ['batch 3 no log has that root'], silence: undefined }
  assert.deepEqual(raised({ ...WELL, log }), ['LOG_DIFFERS'])
})

it('a log that is not shown is silence, although the venue answers', () => {
  const findings = outsideFindings({ ...WELL, log: { ...WELL.log!, silence: 'anchor 0xab: status 503' } })
  assert.match(findings.VENUE_SILENT!.cause, /its log cannot be held against the chain: anchor 0xab/)
})
