import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AnchorOnChain } from '../../log/anchor-on-chain.ts'
import { type AuditInput, auditLog } from '../../log/audit-log.ts'
import { CLOCK_MARGIN, convicts, decodeEvidence, type Evidence } from '../../log/evidence.ts'
import { evidenceText } from '../../log/evidence-text.ts'
import { leafHash } from '../../log/hash.ts'
import { parseLogKey } from '../../log/log-key.ts'
import type { LogSource } from '../../log/log-source.ts'
import { decodeReceipt, saltedLeaf } from '../../log/receipt.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { ACCEPTED, LyingLog, leavesOf, naiveConsistency, naivePath, naiveRoot } from './support.ts'

const SETTLEMENT = `0x${'ab'.repeat(20)}`
const log = new LyingLog(`zkclear/31337/${SETTLEMENT}/0`)
const key = parseLogKey(log.key)
const TIME = 1_000_000n
const LATER = TIME + CLOCK_MARGIN
const HONEST = leavesOf(12)
const another = leafHash(Buffer.from('another'))

/** A venue whose log has these leaves, and that shows what it is asked for but for what is said otherwise. */
function venueOf(leaves: readonly Uint8Array[], changes: Partial<LogSource> = {}, time = LATER): LogSource {
  const hexOf = (size: number) => `0x${Buffer.from(naiveRoot(leaves.slice(0, size))).toString('hex')}`
  return {
    checkpoint: async () => log.checkpoint(leaves, time),
    async consistency(from, to) {
      if (from > to || to > BigInt(leaves.length)) return undefined
      const first = leaves.slice(0, Number(from))
      const path = from === 0n || from === to ? [] : naiveConsistency(Number(from), leaves.slice(0, Number(to)))
      return { root: naiveRoot(first), path }
    },
    leaves: async (from) => leaves.slice(Number(from), Number(from) + 5),
    async sizeOfAnchor(anchor) {
      const size = leaves.findIndex((_, i) => hexOf(i + 1) === anchor)
      return size === -1 ? undefined : BigInt(size + 1)
    },
    ...changes,
  }
}

const audit = (changes: Partial<AuditInput>) =>
  auditLog({ key, receipts: [], checkpoints: [], proofs: [], anchors: [], ...changes })

/** Checkpoints that were kept. */
const kept = (...notes: string[]) => notes.map((value, i) => ({ name: `checkpoint ${i}`, value }))

const anchorOf = (leaves: readonly Uint8Array[], batch = 1n): AnchorOnChain => ({
  ...{ chainId: 31_337n, settlement: SETTLEMENT, batch, transaction: `0x${'cd'.repeat(32)}`, time: TIME },
  anchor: `0x${Buffer.from(naiveRoot(leaves)).toString('hex')}`,
})

/** A receipt of record 3 in a log, of as many leaves as it had then. */
function receiptIn(leaves: readonly Uint8Array[], bytes = ACCEPTED) {
  const salt = Buffer.alloc(32, 1)
  const all = leaves.with(3, saltedLeaf(salt, bytes))
  const base64 = (given: Uint8Array) => Buffer.from(given).toString('base64')
  const receipt = decodeReceipt({
    ...{ version: 1, epoch: '0', record: 3, salt: base64(salt), bytes: base64(bytes) },
    ...{ path: naivePath(3, all).map(base64), checkpoint: log.checkpoint(all) },
  })
  return { leaves: all, receipts: [{ name: 'mine', value: receipt }] }
}

/** A chain that has what evidence says of it. */
const chainOf = (one: Evidence) => (one.kind === 'ANCHOR_UNKNOWN' ? [one] : [])

/** What the file says that is written of them, and whether all of that convicts. */
function reread(evidence: readonly Evidence[]): readonly Evidence[] {
  const read = decodeEvidence(JSON.parse(evidenceText({ key: log.key, evidence })))
  for (const one of read.evidence) assert.ok(convicts(one, parseLogKey(read.key), chainOf(one)))
  return read.evidence
}

describe('the audit of a log', () => {
  it('finds nothing where all is one log that grew', async () => {
    const { leaves, receipts } = receiptIn(HONEST.slice(0, 7))
    const all = [...leaves, ...HONEST.slice(7)]
    const notes = [1, 4, 7, 8, 12].map((size) => log.checkpoint(all.slice(0, size)))
    const anchors = [2, 7, 12].map((size) => anchorOf(all.slice(0, size)))
    const found = await audit({ receipts, checkpoints: kept(...notes), anchors, source: venueOf(all) })
    assert.deepEqual([found.faults, found.evidence], [[], []])
    assert.deepEqual([found.checkpoints, found.anchors, found.unlinked], [5, 3, 0])
    assert.deepEqual(found.receipts, [{ record: 3, kind: 'message', account: 7 }])
    assert.equal(found.head!.size, 12n)
  })

  for (const [name, change] of [
    ['a record is deleted', (leaves: Uint8Array[]) => leaves.toSpliced(3, 1)],
    ['a record is edited', (leaves: Uint8Array[]) => leaves.with(3, another)],
    ['records change places', (leaves: Uint8Array[]) => leaves.with(3, leaves[4]!).with(4, leaves[3]!)],
    ['a record is put in between', (leaves: Uint8Array[]) => leaves.toSpliced(3, 0, another)],
    [
      'the log is cut off and goes on otherwise',
      (leaves: Uint8Array[]) => [...leaves.slice(0, 5), another, another, another],
    ],
  ] as const) {
    for (const [size, of] of [
      [7, 'of any size'],
      [8, 'whose size is a power of two'],
    ] as const) {
      it(`has what convicts where ${name} behind a checkpoint ${of}`, async () => {
        const rewritten = [...change(HONEST.slice(0, size)), ...leavesOf(5, 'later')]
        const { evidence, faults } = await audit({
          checkpoints: kept(log.checkpoint(HONEST.slice(0, size))),
          source: venueOf(rewritten),
        })
        assert.deepEqual(faults, [])
        assert.deepEqual(
          reread(evidence).map(({ kind }) => kind),
          ['NOT_A_PREFIX'],
        )
      })
    }
  }

  it('has what convicts where a message with a receipt is not in the log any more, receipt included', async () => {
    const { leaves, receipts } = receiptIn(HONEST.slice(0, 7))
    const { evidence } = await audit({ receipts, source: venueOf([...leaves.with(3, another), another]) })
    const [found] = reread(evidence)
    assert.equal(found?.kind === 'NOT_A_PREFIX' && found.receipt!.record, 3)
  })

  it('has what convicts where the log forks: two roots of one size', async () => {
    const two = kept(log.checkpoint(HONEST), log.checkpoint(HONEST.with(3, another)))
    assert.deepEqual(
      reread((await audit({ checkpoints: two })).evidence).map(({ kind }) => kind),
      ['TWO_ROOTS'],
    )
    const { evidence } = await audit({ checkpoints: two.slice(1), source: venueOf(HONEST) })
    assert.deepEqual(
      reread(evidence).map(({ kind }) => kind),
      ['TWO_ROOTS'],
    )
  })

  it('finds a log that is cut off', async () => {
    const { faults } = await audit({ checkpoints: kept(log.checkpoint(HONEST)), source: venueOf(HONEST.slice(0, 6)) })
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['LOG_SHORTER'],
    )
  })

  it('has what convicts where a settlement carries the root of another log', async () => {
    const anchors = [anchorOf(HONEST.slice(0, 4)), anchorOf(HONEST.slice(0, 7).with(3, another), 2n)]
    const found = await audit({ anchors, source: venueOf(HONEST) })
    assert.deepEqual([found.anchors, found.faults], [1, []])
    const [one] = reread(found.evidence)
    assert.equal(one?.kind === 'ANCHOR_UNKNOWN' && one.batch, 2n)
  })

  it('takes an anchor for unknown that the venue gives a wrong size for, unless the leaves have it', async () => {
    const source = venueOf(HONEST, { sizeOfAnchor: async () => 3n })
    const { faults, evidence, anchors } = await audit({ anchors: [anchorOf(HONEST.slice(0, 7))], source })
    assert.deepEqual([faults, evidence, anchors], [[], [], 1])
  })

  it('convicts nobody by an anchor of another epoch, or one that the head may be older than', async () => {
    const anchors = [anchorOf(HONEST.with(3, another))]
    const { faults, evidence } = await audit({ anchors, source: venueOf(HONEST, {}, LATER - 1n) })
    assert.deepEqual([faults.map(({ code }) => code), evidence], [['ANCHOR_UNKNOWN'], []])
  })

  it('finds what is false, and convicts nobody by what anybody could have made up', async () => {
    const { leaves, receipts } = receiptIn(HONEST.slice(0, 7))
    const all = [...leaves, ...HONEST.slice(7)]
    const [{ value }] = receipts as [(typeof receipts)[0]]
    const stranger = new LyingLog(log.origin)
    const checkpoints = kept(log.checkpoint(leaves), stranger.checkpoint(HONEST.with(0, another)))
    const found = await audit({
      receipts: [{ name: 'mine', value: { ...value, record: 4 } }],
      checkpoints,
      anchors: [anchorOf(all.with(3, another))],
      source: venueOf(all, {
        consistency: async () => ({ root: another, path: [another, another] }),
        leaves: async (from) => (from > 0n ? [] : all.with(2, another)),
      }),
    })
    assert.deepEqual(found.evidence, [])
    assert.deepEqual(
      found.faults.map(({ code }) => code),
      ['RECEIPT_FALSE', 'CHECKPOINT_FALSE', 'CONSISTENCY_FALSE', 'LEAVES_FALSE'],
    )
  })

  it('tells of all that convicts where the venue does not answer, whatever it is asked', async () => {
    const refuse = async () => {
      throw new ZkclearError('VENUE_UNREACHABLE', 'status 500')
    }
    const names = ['checkpoint', 'consistency', 'leaves', 'sizeOfAnchor'] as const
    const checkpoints = kept(
      ...[HONEST, HONEST.with(3, another), HONEST.slice(0, 7)].map((leaves) => log.checkpoint(leaves)),
    )
    for (const name of names) {
      const source = venueOf(HONEST, { [name]: refuse, ...(name === 'leaves' && { sizeOfAnchor: async () => 3n }) })
      const { evidence, faults } = await audit({ checkpoints, anchors: [anchorOf(HONEST.slice(0, 7))], source })
      assert.deepEqual(
        reread(evidence).map(({ kind }) => kind),
        ['TWO_ROOTS'],
      )
      assert.ok(
        faults.some(({ code }) => code === 'SOURCE_FAILED'),
        name,
      )
    }
  })

  it('ends where it is called off, unless there is what convicts', async () => {
    const consistency = async () => {
      throw new ZkclearError('ABORTED', 'called off')
    }
    const source = venueOf(HONEST, { consistency })
    const checkpoints = kept(log.checkpoint(HONEST.slice(0, 7)))
    await assert.rejects(audit({ checkpoints, source }), { code: 'ABORTED' })
    const forked = kept(log.checkpoint(HONEST.slice(0, 7)), log.checkpoint(HONEST.slice(0, 7).with(3, another)))
    assert.equal((await audit({ checkpoints: forked, source })).evidence.length, 1)
  })

  it('has the leaves once, with the first anchor that convicts, and names the others', async () => {
    const anchors = [1n, 2n, 3n].map((batch) => anchorOf(HONEST.with(Number(batch), another), batch))
    const { evidence, faults, anchors: known } = await audit({ anchors, source: venueOf(HONEST) })
    assert.deepEqual(
      reread(evidence).map((one) => one.kind === 'ANCHOR_UNKNOWN' && one.batch),
      [1n],
    )
    assert.deepEqual(
      faults.map(({ code, name }) => [code, name]),
      [
        ['ANCHOR_UNKNOWN', 'batch 2'],
        ['ANCHOR_UNKNOWN', 'batch 3'],
      ],
    )
    assert.equal(known, 0)
  })

  it('takes no receipt for another record than was asked for, or for what is no accepted message', async () => {
    const leaves = HONEST.slice(0, 7)
    const [mine] = receiptIn(leaves).receipts
    assert.deepEqual((await audit({ receipts: [{ ...mine!, asked: 3 }] })).faults, [])
    const tick = receiptIn(leaves, Buffer.from('\u0001{"kind":"tick","clock":"1"}')).receipts[0]!
    for (const receipt of [{ ...mine!, asked: 4711 }, tick]) {
      const { receipts, faults, head } = await audit({ receipts: [receipt] })
      assert.deepEqual([receipts, faults.map(({ code }) => code)], [[], ['RECEIPT_FALSE']])
      // What it is of was signed, whatever it is.
      assert.equal(head!.size, 7n)
    }
  })

  it('finds a venue that does not show what links its heads', async () => {
    const source = venueOf(HONEST, { consistency: async () => undefined, leaves: async () => [] })
    const { faults } = await audit({
      ...{ checkpoints: kept(log.checkpoint(HONEST.slice(0, 7))), anchors: [anchorOf(HONEST.slice(0, 7))], source },
    })
    assert.deepEqual(
      faults.map(({ code }) => code),
      ['CONSISTENCY_MISSING', 'LEAVES_FALSE'],
    )
  })

  it('links heads by proofs that are given, and counts those that nothing links', async () => {
    const checkpoints = kept(...[3, 7, 12].map((size) => log.checkpoint(HONEST.slice(0, size))))
    const path = naiveConsistency(3, HONEST.slice(0, 7))
    const proofs = [{ from: 3n, to: 7n, root: naiveRoot(HONEST.slice(0, 3)), path }]
    const { faults, unlinked } = await audit({ checkpoints, proofs })
    assert.deepEqual([faults, unlinked], [[], 1])
  })
})

describe('evidence', () => {
  const older = log.checkpoint(HONEST.slice(0, 7), LATER)
  const rewritten = [...HONEST.slice(0, 7).with(3, another), ...HONEST.slice(7)]
  const newer = log.checkpoint(rewritten, LATER)
  const root = naiveRoot(rewritten.slice(0, 7))
  const path = naiveConsistency(7, rewritten)
  const prefix: Evidence = { kind: 'NOT_A_PREFIX', older, newer, root, path }
  const { time: _, ...place } = anchorOf(HONEST.with(3, another))
  const anchor: Extract<Evidence, { kind: 'ANCHOR_UNKNOWN' }> = {
    ...{ kind: 'ANCHOR_UNKNOWN', ...place, time: TIME, checkpoint: log.checkpoint(HONEST, LATER), leaves: [...HONEST] },
  }
  const forks: Evidence = {
    kind: 'TWO_ROOTS',
    first: log.checkpoint(HONEST),
    second: log.checkpoint(HONEST.with(3, another)),
  }

  it('of each kind convicts the holder of the key, and nobody else', () => {
    for (const one of [prefix, anchor, forks]) {
      assert.ok(convicts(one, key, chainOf(one)), one.kind)
      assert.ok(!convicts(one, parseLogKey(new LyingLog(log.origin).key), chainOf(one)), one.kind)
    }
  })

  for (const [name, changed] of [
    ['of a log that begins with the earlier one', { ...prefix, older: log.checkpoint(rewritten.slice(0, 7)) }],
    ['with the root of the earlier head', { ...prefix, root: naiveRoot(HONEST.slice(0, 7)) }],
    ['with another root', { ...prefix, root: another }],
    ['with another path', { ...prefix, path: path.toReversed() }],
    ['with the heads in the other order', { ...prefix, older: newer, newer: older }],
    ['with a receipt of another head', { ...prefix, receipt: receiptIn(HONEST.slice(0, 7)).receipts[0]!.value }],
    ['of two heads alike', { ...forks, second: log.checkpoint(HONEST, LATER) }],
    ['of heads of two sizes', { ...forks, second: log.checkpoint(HONEST.slice(1)) }],
    ['of an anchor that the log has', { ...anchor, anchor: anchorOf(HONEST.slice(0, 9)).anchor }],
    ['of a log without some leaves', { ...anchor, leaves: HONEST.slice(1) }],
    ['of no leaves', { ...anchor, leaves: [], checkpoint: log.checkpoint([], LATER) }],
    ['of other leaves', { ...anchor, leaves: HONEST.with(2, another) }],
    ['of a head that is too early', { ...anchor, time: TIME + 1n }],
    ["of another venue's settlement", { ...anchor, settlement: `0x${'ac'.repeat(20)}` }],
    ['of another chain', { ...anchor, chainId: 1n }],
  ] as const) {
    it(`convicts nobody ${name}`, () => assert.ok(!convicts(changed as Evidence, key, chainOf(changed as Evidence))))
  }

  it("of an anchor convicts nobody by the words of the file alone: the time is the chain's", () => {
    assert.ok(!convicts(anchor, key))
    assert.ok(!convicts(anchor, key, [{ ...anchor, anchor: anchorOf(HONEST).anchor }]))
    // An honest log that grew: a head of before the settlement, and a time that a stranger made up.
    const grown = anchorOf([...HONEST, another])
    const forged: Evidence = { ...anchor, ...grown, time: TIME - 1n }
    assert.ok(!convicts(forged, key, [{ ...grown, time: TIME + CLOCK_MARGIN }]))
  })

  it('of an anchor convicts nobody in a later epoch, which may go on from a backup that was behind the chain', () => {
    const second = new LyingLog(`zkclear/31337/${SETTLEMENT}/1`)
    const later: Evidence = { ...anchor, checkpoint: second.checkpoint(HONEST, LATER) }
    assert.ok(!convicts(later, parseLogKey(second.key), chainOf(later)))
  })

  it('is read in its form alone', () => {
    const file = JSON.parse(evidenceText({ key: log.key, evidence: [forks] }))
    for (const changed of [
      { ...file, version: 2 },
      { ...file, evidence: [] },
      { ...file, extra: 1 },
    ]) {
      assert.throws(() => decodeEvidence(changed), { code: 'INPUT_INVALID' })
    }
  })
})
