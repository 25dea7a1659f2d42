import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeAccount, SMALL } from '../../lab/instances/model.ts'
import { hashAccount } from '../../protocol/account.ts'
import { hashWords, poseidon } from '../../protocol/hash.ts'
import { Tree } from '../../protocol/tree.ts'

interface Leaf {
  readonly word: bigint
}
const hashLeaf = ({ word }: Leaf) => poseidon('ACCOUNT', [word])
const LEVELS = 3
const empty = () => new Tree<Leaf>(LEVELS, hashLeaf)

/** The root worked out from all 4^levels leaves. */
function obviousRoot(leaves: ReadonlyMap<number, Leaf>): bigint {
  let row = Array.from({ length: 4 ** LEVELS }, (_, i) => {
    const leaf = leaves.get(i)
    return leaf === undefined ? 0n : hashLeaf(leaf)
  })
  while (row.length > 1) {
    row = Array.from({ length: row.length / 4 }, (_, i) => poseidon('NODE', row.slice(4 * i, 4 * i + 4)))
  }
  return row[0]!
}

/** Folds an opening up to the root. */
function climb(digest: bigint, { children, positions }: ReturnType<Tree<Leaf>['path']>): bigint {
  return positions.reduce((below, position, level) => {
    assert.equal(children[level]![position], below)
    return poseidon('NODE', children[level]!)
  }, digest)
}

const writes = fc.array(fc.tuple(fc.nat(4 ** LEVELS - 1), fc.bigInt(0n, 1000n)), { maxLength: 12 })

test('the root is that of all leaves, empty ones being 0', () => {
  fc.assert(
    fc.property(writes, (list) => {
      const leaves = new Map(list.map(([index, word]) => [index, { word }]))
      const tree = list.reduce((t, [index, word]) => t.set(index, { word }), empty())
      assert.equal(tree.root, obviousRoot(leaves))
      assert.deepEqual(
        [...tree.entries()],
        [...leaves].toSorted(([a], [b]) => a - b),
      )
    }),
    { numRuns: 25 },
  )
})

test('setting many leaves at once is setting one after another, of which the last counts', () => {
  fc.assert(
    fc.property(writes, writes, (before, list) => {
      const old = before.reduce((t, [index, word]) => t.set(index, { word }), empty())
      const { root } = old
      const leaves = list.map(([index, word]) => [index, { word }] as const)
      const tree = old.setAll(leaves)
      assert.equal(tree.root, obviousRoot(new Map([...old.entries(), ...leaves])))
      assert.deepEqual([...tree.entries()], [...leaves.reduce((t, [index, leaf]) => t.set(index, leaf), old).entries()])
      assert.equal(old.root, root)
    }),
    { numRuns: 40 },
  )
  for (const index of [-1, 4 ** LEVELS, 1.5]) {
    assert.throws(() => empty().setAll([[index, { word: 1n }]]), { code: 'INPUT_INVALID' })
  }
})

test('leaves beyond what is hashed together have the digests of their own', () => {
  const levels = 7
  const tree = new Tree<Leaf>(levels, hashLeaf).setAll(
    Array.from({ length: 4 ** levels }, (_, i) => [i, { word: BigInt(i) }]),
  )
  let digest = hashLeaf({ word: 9999n })
  const { children, positions } = tree.path(9999)
  for (const [level, position] of positions.entries()) {
    assert.equal(children[level]![position], digest)
    digest = poseidon('NODE', children[level]!)
  }
  assert.equal(tree.root, digest)
  assert.deepEqual(
    children[0],
    [9996n, 9997n, 9998n, 9999n].map((word) => hashLeaf({ word })),
  )
})

test('the path of any leaf, occupied or empty, climbs to the root', () => {
  fc.assert(
    fc.property(writes, fc.nat(4 ** LEVELS - 1), (list, index) => {
      const tree = list.reduce((t, [at, word]) => t.set(at, { word }), empty())
      const leaf = tree.get(index)
      assert.equal(climb(leaf === undefined ? 0n : hashLeaf(leaf), tree.path(index)), tree.root)
    }),
    { numRuns: 40 },
  )
})

test('setting a leaf leaves the old tree as it was', () => {
  const old = empty().set(5, { word: 1n })
  const { root } = old
  assert.notEqual(old.set(5, { word: 2n }).root, root)
  assert.deepEqual([old.root, old.get(5)], [root, { word: 1n }])
})

test('an index outside the tree is refused', () => {
  for (const index of [-1, 4 ** LEVELS, 1.5, Number.NaN]) {
    assert.throws(() => empty().get(index), { code: 'INPUT_INVALID' })
    assert.throws(() => empty().set(index, { word: 1n }), { code: 'INPUT_INVALID' })
  }
})

test('a tree made from openings has the root, reads and writes what was opened, and refuses the rest', () => {
  const indices = [0, 1, 6, 40, 63]
  const tree = indices.reduce((t, index) => t.set(index, { word: BigInt(index) }), empty())
  const openings = [1, 40].map((index) => ({ index, leaf: tree.get(index)!, children: tree.path(index).children }))
  const part = Tree.fromOpenings(LEVELS, hashLeaf, openings)
  assert.equal(part.root, tree.root)
  assert.deepEqual(
    [...part.entries()].map(([index]) => index),
    [1, 40],
  )
  assert.deepEqual(part.path(40), tree.path(40))
  assert.equal(
    part.set(1, { word: 7n }).set(40, { word: 8n }).root,
    tree.set(1, { word: 7n }).set(40, { word: 8n }).root,
  )
  for (const index of [0, 6, 63]) {
    assert.throws(() => part.get(index), { code: 'INPUT_INVALID' })
    assert.throws(() => part.path(index), { code: 'INPUT_INVALID' })
    assert.throws(() => part.set(index, { word: 1n }), { code: 'INPUT_INVALID' })
  }
  assert.equal(part.get(20), undefined)
})

test('openings with another leaf or digest give another root', () => {
  const tree = empty().set(1, { word: 1n }).set(2, { word: 2n })
  const { children } = tree.path(1)
  assert.notEqual(Tree.fromOpenings(LEVELS, hashLeaf, [{ index: 1, leaf: { word: 9n }, children }]).root, tree.root)
  const forged = children.with(0, children[0]!.with(2, 5n))
  assert.notEqual(
    Tree.fromOpenings(LEVELS, hashLeaf, [{ index: 1, leaf: { word: 1n }, children: forged }]).root,
    tree.root,
  )
})

test('every use of the hash has its own domain, and none is the untagged one', () => {
  const words = [1n, 2n, 3n, 4n]
  const digests = (
    ['OWNER', 'POSITIONS', 'ACCOUNT', 'NODE', 'BOOK', 'STATE', 'RISK', 'MESSAGE', 'CHAIN', 'NULLIFIER'] as const
  ).map((tag) => poseidon(tag, words))
  assert.equal(new Set(digests).size, digests.length)
  // Poseidon(1, 2, 3, 4) of circomlib, with nothing in the capacity element.
  assert.ok(!digests.includes(18821383157269793795438455681495246036402687001665670618754263018637548127333n))
})

test('long inputs are hashed in full groups of 16, and what fills none goes on as it is', () => {
  const words = Array.from({ length: 47 }, (_, i) => BigInt(i))
  const [first, second] = [poseidon('RISK', words.slice(0, 16)), poseidon('RISK', words.slice(16, 32))]
  assert.equal(hashWords('RISK', words.slice(0, 16)), first)
  assert.equal(hashWords('RISK', words.slice(0, 20)), poseidon('RISK', [first, ...words.slice(16, 20)]))
  assert.equal(hashWords('RISK', words.slice(0, 32)), poseidon('RISK', [first, second]))
  const next = [first, second, ...words.slice(32)]
  assert.equal(hashWords('RISK', words), poseidon('RISK', [poseidon('RISK', next.slice(0, 16)), next[16]!]))
})

test('an account leaf covers the key, the owner, the nonce, every collateral and every position', () => {
  const account = makeAccount(SMALL, { positions: { 3: { openSell: 2n } } })
  const changes = [
    { ...account, tradingKey: { ...account.tradingKey, x: 1n } },
    { ...account, tradingKey: { ...account.tradingKey, y: 1n } },
    { ...account, ownerCommitment: 1n },
    { ...account, nonce: 1n },
    ...account.collateral.map((c, k) => ({ ...account, collateral: account.collateral.with(k, c + 1n) })),
    ...account.positions.flatMap((p, m) =>
      (['size', 'fundingIndex', 'openBuy', 'openSell'] as const).map((field) => ({
        ...account,
        positions: account.positions.with(m, { ...p, [field]: p[field] + 1n }),
      })),
    ),
  ]
  const digests = new Set([account, ...changes].map(hashAccount))
  assert.equal(digests.size, changes.length + 1)
})

test('a row of nodes is what the tree above it is made of, and openings up to it make the same tree', () => {
  fc.assert(
    fc.property(writes, fc.nat(4 ** LEVELS - 1), (list, index) => {
      const tree = list.reduce((t, [at, word]) => t.set(at, { word }), empty())
      const row = tree.row(2)
      assert.equal(row.length, 16)
      const four = Array.from({ length: 4 }, (_, i) => poseidon('NODE', row.slice(4 * i, 4 * i + 4)))
      assert.deepEqual([tree.row(1), tree.row(0)], [four, [tree.root]])
      const opening = { index, leaf: tree.get(index), children: tree.path(index).children.slice(0, LEVELS - 2) }
      const opened = Tree.fromOpenings<Leaf>(LEVELS, hashLeaf, [opening], row)
      assert.deepEqual([opened.root, opened.row(2)], [tree.root, row])
      assert.deepEqual(opened.path(index), tree.path(index))
      assert.equal(opened.set(index, { word: 5n }).root, tree.set(index, { word: 5n }).root)
    }),
    { numRuns: 25 },
  )
})

test('a row below nodes of which nothing is known cannot be told', () => {
  const tree = [5, 60].reduce((t, index) => t.set(index, { word: 1n }), empty())
  const opened = Tree.fromOpenings<Leaf>(LEVELS, hashLeaf, [{ index: 5, leaf: tree.get(5), ...tree.path(5) }])
  assert.deepEqual(opened.row(1), tree.row(1))
  assert.throws(() => opened.row(2), { code: 'INPUT_INVALID' })
})
