import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { poseidon } from '../../../protocol/hash.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Tree } from '../../../protocol/tree.ts'

const LEVELS = 2
const merkle = await gadget('MerkleProbe', [LEVELS], { index: [], leaf: [], newLeaf: [], children: [LEVELS, 4] })

const update = await gadget('MerkleUpdateProbe', [LEVELS], {
  index: [],
  oldLeaf: [],
  newLeaf: [],
  children: [LEVELS, 4],
})

const digestOf = ({ digest }: { digest: bigint }) => digest

/** A tree with leaf 100 + i at every odd index. */
function tree() {
  let made = new Tree<{ digest: bigint }>(LEVELS, digestOf)
  for (let i = 1; i < made.capacity; i += 2) made = made.set(i, { digest: 100n + BigInt(i) })
  return made
}

const leafAt = (index: number) => (index % 2 === 1 ? 100n + BigInt(index) : 0n)

suite('lib/merkle', () => {
  test("opens and updates every index as the model's tree does", () => {
    const before = tree()
    for (let index = 0; index < before.capacity; index++) {
      const { children } = before.path(index)
      const input = { index: BigInt(index), leaf: leafAt(index), newLeaf: 7n, children }
      const { accepted, signal } = merkle.evaluate(input)
      assert.ok(accepted, `${index}`)
      assert.deepEqual([signal('root'), signal('oldRoot')], [before.root, before.root])
      assert.equal(signal('newRoot'), before.set(index, { digest: 7n }).root)
    }
  })

  test('refuses a leaf that does not stand at the index, and an index beyond the tree', () => {
    const before = tree()
    const { children } = before.path(5)
    for (let index = 0; index < before.capacity; index++) {
      if (index === 5) continue
      const { accepted } = merkle.evaluate({ index: BigInt(index), leaf: 105n, newLeaf: 7n, children })
      assert.ok(!accepted, `${index}`)
    }
    for (const index of [16n, 21n, FIELD - 1n, FIELD - 11n]) {
      assert.ok(!merkle.evaluate({ index, leaf: 105n, newLeaf: 7n, children }).accepted)
    }
    assert.ok(!merkle.evaluate({ index: 5n, leaf: 106n, newLeaf: 7n, children }).accepted)
  })

  test('refuses positions that are not bits, for any selector', () => {
    const before = tree()
    const { children } = before.path(5)
    const input = { index: 5n, leaf: 105n, newLeaf: 7n, children }
    for (const path of ['open', 'update']) {
      for (const value of [0n, 2n, FIELD - 1n, 12345n]) {
        for (const hot of [0, 1, 2, 3]) {
          const honest = merkle.evaluate(input).signal(`${path}.hot[0][${hot}]`)
          if (honest === value) continue
          assert.ok(!merkle.evaluate(input, { [`${path}.hot[0][${hot}]`]: value }).accepted)
        }
      }
    }
  })

  test('does not take an inner node for a leaf of another tree', () => {
    const before = tree()
    const inner = before.path(5).children[1]![1]!
    assert.equal(
      inner,
      poseidon(
        'NODE',
        [0n, 105n, 0n, 107n].map((x) => x),
      ),
    )
    const shallow = [before.path(5).children[1]!, [before.root, 0n, 0n, 0n]]
    const { signal } = merkle.evaluate({ index: 1n, leaf: inner, newLeaf: 7n, children: shallow })
    assert.notEqual(signal('root'), before.root)
    assert.notEqual(poseidon('ACCOUNT', [0n, 105n, 0n, 107n]), inner)
  })

  test('MerkleUpdate refuses an old leaf that does not stand at the index, whatever its children are said to add up to', () => {
    const { children } = tree().path(5)
    const honest = { index: 5n, oldLeaf: 105n, newLeaf: 7n, children }
    assert.ok(update.evaluate(honest).accepted)
    const forged = { ...honest, oldLeaf: 106n }
    assertBreaks(update.evaluate(forged).broken, /^main\.update\.children\[0\]\[3\] .*main\.update\.oldNodes\[0\]/)
    // one of the three products is one more, as the leaf is
    const product = 'update.picked[0][1]'
    const { broken } = update.evaluate(forged, { [product]: update.evaluate(honest).signal(product) + 1n })
    assertBreaks(broken, `main.${product}`)
  })

  test('MerkleUpdate refuses an index beyond the tree, whose lower bits are those of the leaf', () => {
    const { children } = tree().path(5)
    for (const index of [21n, 5n + (1n << 200n), FIELD - 11n]) {
      const { broken } = update.evaluate({ index, oldLeaf: 105n, newLeaf: 7n, children })
      if (index === 21n) assertBreaks(broken, /^main\.update\.Num2Bits/)
      assert.ok(broken.length > 0)
    }
  })

  test('binds every signal', () => {
    const { children } = tree().path(7)
    assert.deepEqual(merkle.freeSignals({ index: 7n, leaf: 107n, newLeaf: 9n, children }), [])
  })
})
