import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { Random } from '../../../protocol/random.ts'
import { decodeRecord, encodeRecord, RECORD_VERSION, type SequencerRecord } from '../../../service/sequencer/record.ts'
import { ADDRESS, bidOf, cashSignedWith, commitmentOf, OWNER, POINTS, signedWith } from './simulation/traders.ts'

const DIGEST = `0x${'ab'.repeat(32)}`
const order = {
  ...({ kind: 'order', market: 1, account: 2, side: 'sell', price: 1000n, size: 3n, nonce: 1n } as const),
  ...({ timeInForce: 'GTC', reduceOnly: false, expiry: NOW } as const),
}
const cancel = { kind: 'cancel', market: 1, account: 2, side: 'buy', price: 999n, sequence: 7n, nonce: 2n } as const

const cancelAll = { kind: 'cancel-all', market: 1, account: 2, side: 'both', nonce: 3n } as const

/** At least one of every kind. */
const RECORDS: readonly SequencerRecord[] = [
  { kind: 'message', bundle: signedWith(0, [order, cancel]), verdict: 'ACCEPTED' },
  { kind: 'message', bundle: signedWith(1, [order]), verdict: 'BAD_SIGNATURE' },
  { kind: 'message', bundle: signedWith(0, [cancelAll]), verdict: 'ACCEPTED' },
  {
    kind: 'cash-message',
    signed: cashSignedWith(0, {
      ...{ kind: 'WITHDRAW', account: 1, counterAccount: 0, asset: 0, amount: 5n, nonce: 3n, expiry: NOW },
    }),
    verdict: 'ACCEPTED',
  },
  { kind: 'tick', clock: NOW * 1000n + 17n },
  { kind: 'table', table: makeTable(SMALL), relisted: 5n },
  {
    kind: 'queue',
    first: 4n,
    entries: [
      {
        operation: { kind: 'REGISTER', account: 5, key: POINTS[0]!, ownerCommitment: OWNER },
        deadline: NOW,
        viewCommitment: commitmentOf(5),
        owner: ADDRESS,
      },
      { operation: { kind: 'DEPOSIT', account: 5, asset: 1, amount: 9n }, deadline: NOW },
      { operation: { kind: 'CURE', account: 5 }, deadline: NOW, askedAt: NOW - 9n },
    ],
    ...{ blockNumber: 12n, blockHash: DIGEST },
  },
  { kind: 'owner', account: 3, owner: ADDRESS },
  { kind: 'owner', account: 3 },
  { kind: 'cut', cash: true },
  { kind: 'view', account: 5, viewKey: 99n },
  { kind: 'sweep' },
  {
    kind: 'operations',
    operations: [
      { kind: 'FLAG', account: 1 },
      { kind: 'EXPIRE', account: 1, market: 2 },
    ],
  },
  { kind: 'bid', signed: bidOf({ victim: 1, bidder: 2, held: 5n, price: -7n, nonce: 3n, expiry: NOW }) },
  { kind: 'takeover', victim: 1, cover: { now: 5n, perHour: 9n } },
  { kind: 'deleverage', victim: 1, mayPay: 5n, most: 8 },
  { kind: 'book-salt', secret: 1n },
  { kind: 'pause', until: NOW },
  { kind: 'closing', from: NOW },
  { kind: 'rewind', to: 3, cause: 'AGE' },
  { kind: 'rewind', to: 3, cause: 'WITNESS', without: [7, 9] },
  { kind: 'circuit', circuit: 'cash-batch', digest: DIGEST },
  { kind: 'circuit', circuit: 'takeover', digest: DIGEST },
  { kind: 'proved', index: 1, root: 8n },
  { kind: 'unproved', index: 1, root: 8n },
  { kind: 'settled', index: 1, root: 8n },
  { kind: 'reorganised', settled: 0 },
  { kind: 'act', number: 1n, at: 1_700_000_000_000n, act: 'resume', askedBy: 'Ben', agreedBy: 'Ada' },
  { kind: 'act', number: 2n, at: 1_700_000_000_001n, act: 'keys erase' },
  { kind: 'final', index: 1 },
]

const INVALID = { code: 'INPUT_INVALID' }
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(1))
const bytesOf = (json: string, version = RECORD_VERSION) => Uint8Array.of(version, ...new TextEncoder().encode(json))

suite('records of the journal', () => {
  test('are of every kind, come back as they were, and have one form each', () => {
    for (const record of RECORDS) {
      const bytes = encodeRecord(record)
      assert.deepEqual(decodeRecord(bytes), record)
      const reversed = Object.fromEntries(Object.entries(record).reverse()) as unknown as SequencerRecord
      assert.deepEqual(encodeRecord(reversed), bytes)
    }
  })

  test('are refused in any other form: spaces, another order, a field more, twice or of another type', () => {
    assert.equal(text(encodeRecord({ kind: 'proved', index: 1, root: 8n })), '{"kind":"proved","index":1,"root":"8"}')
    for (const other of [
      '{"kind":"proved","index":1,"root": "8"}',
      '{"index":1,"kind":"proved","root":"8"}',
      '{"kind":"proved","index":1,"root":"8","more":0}',
      '{"kind":"proved","index":1,"root":"8","root":"8"}',
      '{"kind":"proved","index":1,"root":8}',
      '{"kind":"proved","index":1.0,"root":"8"}',
      '{"kind":"proved","index":1,"root":"08"}',
      '{"kind":"proved","index":0,"root":"8"}',
      '{"kind":"unheard-of"}',
      'null',
      '',
      '{"kind":"sweep"',
      '\ufeff{"kind":"sweep"}',
    ]) {
      assert.throws(() => decodeRecord(bytesOf(other)), INVALID, other)
    }
  })

  test('of another version are refused, as are none, too many, and bytes that are no text', () => {
    assert.throws(() => decodeRecord(bytesOf('{"kind":"sweep"}', 2)), INVALID)
    assert.throws(() => decodeRecord(new Uint8Array()), INVALID)
    assert.throws(() => decodeRecord(new Uint8Array((1 << 20) + 1).fill(RECORD_VERSION)), INVALID)
    assert.throws(() => decodeRecord(Uint8Array.of(RECORD_VERSION, 0xff, 0xfe)), INVALID)
  })

  test('with a byte changed, left out or added are another record or refused, and nothing else', () => {
    const random = new Random(1n)
    for (const record of RECORDS) {
      const bytes = encodeRecord(record)
      for (let i = 0; i < 60; i++) {
        const at = Number(random.between(0n, BigInt(bytes.length - 1)))
        const changed = [...bytes]
        const much = Number(random.between(0n, 2n))
        changed.splice(at, much, ...random.bytes(much === 0 ? 1 : Number(random.between(0n, 1n))))
        try {
          const decoded = decodeRecord(Uint8Array.from(changed))
          assert.deepEqual([...encodeRecord(decoded)], changed)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'INPUT_INVALID', (error as Error).stack)
        }
      }
    }
  })

  test('that could not be read again are not written', () => {
    const long = { kind: 'pause', until: 1n << 40n } as const
    assert.throws(() => encodeRecord(long), { ...INVALID, path: 'record.until' })
    const strange = { kind: 'tick', clock: 1n, more: 1n } as unknown as SequencerRecord
    assert.throws(() => encodeRecord(strange), INVALID)
  })
})
