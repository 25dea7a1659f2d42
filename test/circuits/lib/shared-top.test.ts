import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { TOP_LEVELS } from '../../../protocol/parameters.ts'
import { childrenBelowTop, TOP_NODES, Tree } from '../../../protocol/tree.ts'

const LEVELS = 3
const BELOW = LEVELS - TOP_LEVELS
const shared = await gadget('SharedTopProbe', [LEVELS], {
  enabled: [],
  index: [],
  oldLeaf: [],
  newLeaf: [],
  children: [BELOW, 4],
  nodes: [TOP_NODES],
})

type Leaf = { readonly digest: bigint }
const leafAt = (index: number) => 100n + BigInt(index)

/** A tree with leaf 100 + i at every index. */
const TREE = (() => {
  const empty = new Tree<Leaf>(LEVELS, ({ digest }) => digest)
  return empty.setAll(Array.from({ length: empty.capacity }, (_, i) => [i, { digest: leafAt(i) }]))
})()
const NODES = TREE.row(TOP_LEVELS)

/** Leaf 7 comes to stand at the index. */
function inputOf(index: number, tree = TREE) {
  const children = childrenBelowTop(tree.path(index).children)
  return { enabled: 1n, index: BigInt(index), oldLeaf: leafAt(index), newLeaf: 7n, children, nodes: NODES }
}

suite('lib/shared-top', () => {
  test("writes every index as the model's tree does, and opens the root that the nodes have", () => {
    for (let index = 0; index < TREE.capacity; index++) {
      const { accepted, signal } = shared.evaluate(inputOf(index))
      assert.ok(accepted, `${index}`)
      assert.equal(signal('oldRoot'), TREE.root)
      assert.equal(signal('newRoot'), TREE.set(index, { digest: 7n }).root)
    }
  })

  test('disabled, it leaves every node as it is, whatever path it is given', () => {
    const elsewhere = new Tree<Leaf>(LEVELS, ({ digest }) => digest).set(37, { digest: leafAt(37) })
    for (const tree of [TREE, elsewhere]) {
      const { accepted, signal } = shared.evaluate({ ...inputOf(37, tree), enabled: 0n })
      assert.ok(accepted)
      assert.equal(signal('newRoot'), TREE.root)
    }
  })

  test('refuses nodes of which the one over the index is not that of the path', () => {
    for (const node of [0, 9, 15]) {
      const { broken } = shared.evaluate({ ...inputOf(4 * node), nodes: NODES.with(node, 5n) })
      assertBreaks(broken, 'main.update.node')
    }
    // another node than that is only another tree
    const { accepted, signal } = shared.evaluate({ ...inputOf(36), nodes: NODES.with(8, 5n) })
    assert.ok(accepted)
    assert.notEqual(signal('oldRoot'), TREE.root)
  })

  test('refuses the node of another index, and to change another than that', () => {
    const input = inputOf(37)
    for (const n of [0, 8, 10, 13]) {
      const other = Object.fromEntries([n, 9].map((i) => [`update.hot[${i}]`, i === n ? 1n : 0n]))
      const made = shared.evaluate(input, other)
      assert.ok(made.broken.length > 0)
      assert.ok(made.broken.some((row) => row.includes(`main.update.hot[${n}]`)))
      // the node of its own index is read, and another one changes
      const change = shared.evaluate(input).signal('update.change')
      const moved = { 'update.newNodes[9]': NODES[9]!, [`update.newNodes[${n}]`]: (NODES[n]! + change) % FIELD }
      assertBreaks(shared.evaluate(input, moved).broken, ['main.update.newNodes[9]', `main.update.newNodes[${n}]`])
    }
  })

  test('refuses the path of another index below the node', () => {
    const made = shared.evaluate(inputOf(37), { 'update.path.index': 2n })
    assertBreaks(made.broken, 'main.update.path.index')
  })

  test('refuses an index beyond the tree, whose lower bits are those of the leaf, enabled or not', () => {
    for (const index of [64n + 37n, 37n + (1n << 200n), FIELD - 64n + 37n]) {
      for (const enabled of [1n, 0n]) {
        const { broken } = shared.evaluate({ ...inputOf(37), index, enabled })
        if (index === 101n) assertBreaks(broken, /^main\.update\.Num2Bits/)
        assert.ok(broken.length > 0)
      }
    }
  })

  test('refuses a leaf that does not stand at the index', () => {
    assertBreaks(shared.evaluate({ ...inputOf(37), oldLeaf: 5n }).broken, /^main\.update\.path\.children\[0\]\[3\]/)
  })

  test('binds every signal', () => {
    for (const enabled of [1n, 0n]) assert.deepEqual(shared.freeSignals({ ...inputOf(37), enabled }), [])
  })
})
