import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { capAt, feesOver, lowestOf } from '../../../service/settler/fees.ts'
import {
  type Flight,
  MOST_TOGETHER,
  nextStep,
  REPLACE_MS,
  RESEND_MS,
  type Situation,
} from '../../../service/settler/next-step.ts'
import { meaningOf } from '../../../service/settler/refusal-meaning.ts'

const NEXT = { index: 3, root: 30n, isProved: true }
const AFTER = { index: 4, root: 40n, isProved: true }
const FLIGHT: Flight = { nonce: 7n, batch: 3, batches: 1, root: 30n, age: 0, sinceSent: 0 }
const CANCEL: Flight = { ...FLIGHT, batch: 0, batches: 0, root: 0n }
const idle: Situation = { flights: [], line: [NEXT], isRewindDue: false, isStopped: false }

describe('the next step of the settler', () => {
  const rows: readonly (readonly [string, Partial<Situation>, string])[] = [
    ['settles the next batch once it is proved', {}, 'settle'],
    ['waits for its proof', { line: [{ ...NEXT, isProved: false }, AFTER] }, 'wait'],
    ['waits where nothing is made', { line: [] }, 'wait'],
    ['settles nothing once the line has stopped', { isStopped: true }, 'wait'],
    ['has batches made anew before it settles any', { isRewindDue: true }, 'rewind'],
    ['makes them anew also where the line has stopped', { isRewindDue: true, isStopped: true }, 'rewind'],
    ['waits for what it sent just now', { flights: [FLIGHT] }, 'wait'],
    [
      'sends again after a restart, which knows not whether it was sent',
      { flights: [{ ...FLIGHT, sinceSent: undefined }] },
      'resend',
    ],
    ['sends again after a while', { flights: [{ ...FLIGHT, sinceSent: RESEND_MS }] }, 'resend'],
    ['replaces what is not mined for long', { flights: [{ ...FLIGHT, age: REPLACE_MS }] }, 'replace'],
    [
      'never makes anew what may still be mined, but takes its nonce away',
      { flights: [FLIGHT], isRewindDue: true },
      'cancel',
    ],
    [
      'takes the nonce of a batch away that is another one by now',
      { flights: [FLIGHT], line: [{ ...NEXT, root: 31n }] },
      'cancel',
    ],
    ['takes it away where there is no such batch', { flights: [FLIGHT], line: [] }, 'cancel'],
    [
      'takes away the nonce of several of which one is another by now',
      { flights: [{ ...FLIGHT, batches: 2, root: 40n }], line: [NEXT, { ...AFTER, root: 41n }] },
      'cancel',
    ],
    ['waits for several', { flights: [{ ...FLIGHT, batches: 2, root: 40n }], line: [NEXT, AFTER] }, 'wait'],
    ['waits until the nonce is gone', { flights: [CANCEL], isRewindDue: true }, 'wait'],
    [
      'takes the nonce away with a higher fee',
      { flights: [{ ...CANCEL, age: REPLACE_MS }], isRewindDue: true },
      'cancel',
    ],
    ['waits for a transaction even when the line has stopped', { flights: [FLIGHT], isStopped: true }, 'wait'],
  ]
  for (const [name, changes, kind] of rows) {
    it(name, () => assert.equal(nextStep({ ...idle, ...changes }).kind, kind))
  }

  it('settles together what is proved, up to a bound, and nothing behind what is not', () => {
    const proved = Array.from({ length: MOST_TOGETHER + 3 }, (_, i) => ({ index: 3 + i, root: 1n, isProved: true }))
    const step = (line: Situation['line']) => nextStep({ ...idle, line })
    assert.deepEqual(step(proved.slice(0, 3)), { kind: 'settle', batches: 3 })
    assert.deepEqual(step(proved), { kind: 'settle', batches: MOST_TOGETHER })
    assert.deepEqual(step(proved.with(2, { ...proved[2]!, isProved: false })), { kind: 'settle', batches: 2 })
  })

  it('sends the oldest first of several that a reorganisation dropped, and gives up the others when their turn comes', () => {
    const second: Flight = { ...FLIGHT, nonce: 8n, batch: 4, root: 40n, sinceSent: undefined }
    const first = { ...FLIGHT, sinceSent: undefined }
    const step = (flights: readonly Flight[], line: Situation['line']) => nextStep({ ...idle, flights, line })
    assert.deepEqual(step([first, second], [NEXT, AFTER]), { kind: 'resend', flight: first })
    assert.deepEqual(step([second], [AFTER]), { kind: 'resend', flight: second })
    assert.deepEqual(step([second], [{ ...AFTER, root: 41n }]), { kind: 'cancel', flight: second })
  })
})

describe('a refusal of the contract', () => {
  for (const [refusal, meaning] of [
    ['TimestampOutOfRange', 'remake'],
    ['RiskTableNotInForce', 'remake'],
    ['HouseMayPay', 'remake'],
    ['RescueGoesFirst', 'remake'],
    ['CoverLimited', 'remake'],
    ['AuctionAhead', 'later'],
    ['NotTheFirstEntry', 'unfit'],
    ['OwnersDiffer', 'unfit'],
    ['ViewCommitmentWrong', 'unfit'],
    ['StateRootNotCurrent', 'later'],
    ['TradingPaused', 'later'],
    ['OutflowLimited', 'later'],
    ['ProofRejected', 'stop'],
    ['NotByOperator', 'stop'],
    ['SomethingNew', 'stop'],
    [undefined, 'later'],
  ] as const) {
    it(`${refusal} means ${meaning}`, () => assert.equal(meaningOf(refusal), meaning))
  }
})

describe('fees', () => {
  it('of a replacement are an eighth higher, or those of now if these are more', () => {
    const over = { maxFee: 80n, priorityFee: 8n }
    assert.deepEqual(feesOver({ maxFee: 50n, priorityFee: 9n }, over, 91n), { maxFee: 91n, priorityFee: 10n })
    assert.deepEqual(feesOver({ maxFee: 50n, priorityFee: 9n }, undefined, 91n), { maxFee: 50n, priorityFee: 9n })
  })

  it('are no higher than the cap, of which an eighth may be tip, and replace nothing where that would be too little', () => {
    const now = { maxFee: 500n, priorityFee: 300n }
    assert.deepEqual(feesOver(now, undefined, 200n), { maxFee: 200n, priorityFee: 25n })
    assert.deepEqual(feesOver(now, { maxFee: 80n, priorityFee: 8n }, 200n), { maxFee: 200n, priorityFee: 25n })
    assert.equal(feesOver(now, { maxFee: 80n, priorityFee: 8n }, 90n), undefined)
    assert.equal(feesOver(now, { maxFee: 200n, priorityFee: 8n }, 200n), undefined)
    assert.equal(feesOver(now, { maxFee: 80n, priorityFee: 23n }, 200n), undefined)
  })

  it('are the lower of what two nodes ask', () => {
    const asked = [
      { maxFee: 90n, priorityFee: 1n },
      { maxFee: 40n, priorityFee: 7n },
    ]
    assert.deepEqual(lowestOf(asked), { maxFee: 40n, priorityFee: 1n })
  })

  it('may be twice as high again and again the nearer a deadline is, and no higher than that', () => {
    const at = (batch: bigint | undefined, entry: bigint | undefined) => capAt(100n, { batch, entry }, 1_000_000n)
    const left = (seconds: bigint) => 1_000_000n + seconds
    assert.equal(at(undefined, undefined), 100n)
    assert.equal(at(left(601n), left(28_801n)), 100n)
    assert.deepEqual(
      [600n, 541n, 540n, 480n, 420n, 300n, -9n].map((seconds) => at(left(seconds), undefined)),
      [200n, 200n, 400n, 800n, 1_600n, 1_600n, 1_600n],
    )
    assert.deepEqual(
      [28_800n, 25_200n, 3_600n, 0n, -1n].map((seconds) => at(undefined, left(seconds))),
      [200n, 400n, 25_600n, 25_600n, 25_600n],
    )
    assert.equal(at(left(600n), left(3_600n)), 25_600n)
  })
})
