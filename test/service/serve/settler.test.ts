import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Flight,
  meaningOf,
  nextStep,
  REPLACE_MS,
  RESEND_MS,
  type Situation,
} from '../../../service/settler/next-step.ts'
import { feesOver } from '../../../service/settler/settler.ts'

const NEXT = { index: 3, root: 30n, isProved: true }
const FLIGHT: Flight = { nonce: 7n, batch: 3, root: 30n, age: 0, sinceSent: 0 }
const CANCEL: Flight = { ...FLIGHT, batch: 0, root: 0n }
const idle: Situation = { flights: [], next: NEXT, isRewindDue: false, isStopped: false }

describe('the next step of the settler', () => {
  const rows: readonly (readonly [string, Partial<Situation>, string])[] = [
    ['settles the next batch once it is proved', {}, 'settle'],
    ['waits for its proof', { next: { ...NEXT, isProved: false } }, 'wait'],
    ['waits where nothing is made', { next: undefined }, 'wait'],
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
      { flights: [FLIGHT], next: { ...NEXT, root: 31n } },
      'cancel',
    ],
    ['takes it away where there is no such batch', { flights: [FLIGHT], next: undefined }, 'cancel'],
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
})

describe('a refusal of the contract', () => {
  for (const [refusal, meaning] of [
    ['TimestampOutOfRange', 'remake'],
    ['RiskTableNotInForce', 'remake'],
    ['HouseMayPay', 'remake'],
    ['RescueGoesFirst', 'remake'],
    ['CoverLimited', 'remake'],
    ['AuctionAhead', 'later'],
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
    assert.deepEqual(feesOver({ maxFee: 50n, priorityFee: 20n }, over), { maxFee: 91n, priorityFee: 20n })
    assert.deepEqual(feesOver({ maxFee: 50n, priorityFee: 20n }, undefined), { maxFee: 50n, priorityFee: 20n })
  })
})
