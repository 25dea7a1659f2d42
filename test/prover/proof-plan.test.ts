import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { type Capacity, planProofs, type Wishes } from '../../prover/proof-plan.ts'

/** A backend with so many cores that makes at most three proofs at once; a proof takes 100 bytes and 10 a thread, a witness 20. */
function capacity(cores: number, available = 1e9, most = 3): Capacity {
  const proofBytes = (threads: number) => 100 + 10 * threads
  const sideBySide = { cores, most, reason: 'there are only so many', proofBytes: () => 0, witnessBytes: () => 0 }
  return { backend: 'fake', sideBySide, witnessBytes: 20, proofBytes, available }
}

const plan = (given: Capacity, wishes: Partial<Wishes> = {}) => planProofs(given, { lookahead: 2, ...wishes })
const refuses = (given: Capacity, wishes: object, path: string, message: RegExp) =>
  assert.throws(() => plan(given, wishes), { code: 'INPUT_INVALID', path, message })

suite('planProofs', () => {
  test('makes a proof with one thread for each core, and shares out the cores where that would be too many proofs', () => {
    for (const [cores, atOnce, threads] of [
      [1, 1, 1],
      [2, 2, 1],
      [3, 3, 1],
      [4, 2, 2],
      [6, 3, 2],
      [8, 3, 3],
      [64, 3, 22],
    ] as const) {
      const planned = plan(capacity(cores))
      assert.deepEqual([planned.atOnce, planned.threads(planned.atOnce)], [atOnce, threads], `${cores} cores`)
    }
  })

  test('leaves no core idle and starts no proof without one, whatever there is', () => {
    const number = fc.integer({ min: 1, max: 300 })
    fc.assert(
      fc.property(number, number, (cores, most) => {
        const { atOnce, threads } = plan(capacity(cores, 1e9, most))
        assert.ok(atOnce <= most && atOnce * threads(atOnce)! >= cores)
        assert.ok((atOnce - 1) * threads(atOnce)! < cores)
      }),
    )
  })

  test('gives more threads to a proof that is made beside fewer than planned', () => {
    const { atOnce, threads } = plan(capacity(12))
    assert.deepEqual([atOnce, threads(3), threads(2), threads(1)], [3, 4, 6, 12])
  })

  test('takes half of the free memory at most, and one proof however little there is', () => {
    // Two proofs of one thread: 2 * (110 + 20), and the witnesses of two jobs ahead, 40.
    assert.equal(plan(capacity(2, 600)).atOnce, 2)
    assert.equal(plan(capacity(2, 599)).atOnce, 1)
    assert.equal(plan(capacity(2, 599), { lookahead: 1 }).atOnce, 2)
    assert.equal(plan(capacity(2, 0)).atOnce, 1)
    const alone = plan(capacity(2, 0))
    assert.equal(alone.threads(alone.atOnce), 2)
  })

  test('does as it is told, up to what the backend and all of the free memory allow', () => {
    const { atOnce, threads } = plan(capacity(2, 600), { atOnce: 3, threads: 5, lookahead: 0 })
    assert.deepEqual([atOnce, threads(3), threads(1)], [3, 5, 5])
    assert.equal(plan(capacity(8), { threads: 4 }).atOnce, 2)
    refuses(capacity(2), { atOnce: 4 }, 'atOnce', /from 1 to 3: there are only so many$/)
    refuses(capacity(2, 300), { atOnce: 3 }, 'atOnce', /from 1 to 2: 3 may take 1 MB, and 1 MB are free$/)
    refuses(capacity(2, 0), { atOnce: 2 }, 'atOnce', /from 1 to 1: 2 may take/)
    refuses(capacity(2), { threads: 257 }, 'threads', /from 1 to 256/)
  })

  test('refuses what is no positive integer', () => {
    for (const bad of [0, -1, 1.5, Number.NaN, '2' as never, 2n as never]) {
      refuses(capacity(2), { atOnce: bad }, 'atOnce', /integer/)
      refuses(capacity(2), { threads: bad }, 'threads', /integer/)
    }
  })

  test('makes one proof at a time where the backend does, and says so to who wants more', () => {
    const serial = { ...capacity(8), backend: 'snarkjs', sideBySide: undefined }
    assert.equal(plan(serial).atOnce, 1)
    assert.equal(plan(serial).threads(1), undefined)
    assert.equal(plan(serial, { atOnce: 1 }).atOnce, 1)
    refuses(serial, { atOnce: 2 }, 'atOnce', /must be 1: snarkjs makes one proof at a time/)
    refuses(serial, { threads: 2 }, 'threads', /cannot be chosen: snarkjs/)
  })
})
