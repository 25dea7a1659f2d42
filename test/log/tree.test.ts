import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isConsistent } from '../../log/consistency.ts'
import { EMPTY_ROOT, leafHash, nodeHash } from '../../log/hash.ts'
import { rootOfInclusion } from '../../log/inclusion.ts'
import { LogTree } from '../../service/log/tree.ts'
import { leavesOf, mutations, naiveConsistency, naivePath, naiveRoot } from './support.ts'

/** Trees of every size up to this one are tried. */
const SIZES = 33

/** The reference inputs of Certificate Transparency, and the roots over the first of them. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

function treeOf(leaves: readonly Uint8Array[]): LogTree {
  const tree = new LogTree()
  for (const leaf of leaves) tree.append(leaf)
  return tree
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('the tree of a log', () => {
  it('has the roots of the reference inputs of Certificate Transparency', () => {
    const leaves = INPUTS.map((text) => leafHash(Buffer.from(text, 'hex')))
    const tree = treeOf(leaves)
    for (const [size, root] of ROOTS.entries()) {
      assert.equal(hex(tree.root(size)), root)
      assert.equal(hex(naiveRoot(leaves.slice(0, size))), root)
    }
  })

  it(`has the roots and proofs that the RFC's recursions give, for all trees of up to ${SIZES} leaves`, () => {
    const all = leavesOf(SIZES)
    const tree = treeOf(all)
    for (let size = 0; size <= SIZES; size++) {
      const leaves = all.slice(0, size)
      const root = naiveRoot(leaves)
      assert.deepEqual(hex(tree.root(size)), hex(root))
      assert.deepEqual(hex(treeOf(leaves).root()), hex(root))
      for (let index = 0; index < size; index++) {
        const path = tree.inclusionPath(index, size)
        assert.deepEqual(path.map(hex), naivePath(index, leaves).map(hex))
        const told = rootOfInclusion({ index: BigInt(index), size: BigInt(size), leaf: all[index]!, path })
        assert.equal(hex(told!), hex(root))
      }
      for (let from = 0; from <= size; from++) {
        const path = tree.consistencyPath(from, size)
        if (from > 0) assert.deepEqual(path.map(hex), naiveConsistency(from, leaves).map(hex))
        assert.ok(isConsistent({ from: BigInt(from), to: BigInt(size), path }, { older: tree.root(from), newer: root }))
      }
    }
  })
})

describe('a proof of inclusion', () => {
  it('is refused with any byte changed, a hash more or less, or for another place or size', () => {
    const tree = treeOf(leavesOf(13))
    const root = hex(tree.root())
    const told = (index: number, size: number, leaf: Uint8Array, path: readonly Uint8Array[]) => {
      const found = rootOfInclusion({ index: BigInt(index), size: BigInt(size), leaf, path })
      return found !== undefined && hex(found) === root
    }
    for (let index = 0; index < 13; index++) {
      const path = tree.inclusionPath(index)
      const leaf = tree.leaf(index)
      for (const changed of mutations(path)) assert.ok(!told(index, 13, leaf, changed))
      for (let other = 0; other < 16; other++) assert.equal(told(other, 13, leaf, path), other === index)
      for (const [changed] of mutations([leaf]))
        if (changed?.length) assert.ok(!told(index, 13, changed, path) || hex(changed) === hex(leaf))
      assert.ok(!told(index, 26, leaf, path))
    }
  })

  it('takes no node for a leaf, and no leaf for a node', () => {
    const [left, right, third] = leavesOf(3) as [Uint8Array, Uint8Array, Uint8Array]
    const root = hex(treeOf([left, right, third]).root())
    // The bytes of a node as data of a leaf: its hash is another one.
    const forged = leafHash(Buffer.concat([left, right]))
    assert.notEqual(hex(forged), hex(nodeHash(left, right)))
    assert.notEqual(hex(rootOfInclusion({ index: 0n, size: 2n, leaf: forged, path: [third] })!), root)
    // The hash of a node in the place of a leaf: a tree of that size has longer paths there.
    assert.equal(rootOfInclusion({ index: 0n, size: 3n, leaf: nodeHash(left, right), path: [third] }), undefined)
  })

  it('is none for a place outside of the tree, or with hashes of another length', () => {
    const leaf = leavesOf(1)[0]!
    assert.equal(rootOfInclusion({ index: 0n, size: 0n, leaf, path: [] }), undefined)
    assert.equal(rootOfInclusion({ index: -1n, size: 1n, leaf, path: [] }), undefined)
    assert.equal(rootOfInclusion({ index: 0n, size: 1n, leaf: leaf.subarray(1), path: [] }), undefined)
    assert.equal(rootOfInclusion({ index: 0n, size: 2n, leaf, path: [leaf.subarray(1)] }), undefined)
  })
})

describe('a proof of consistency', () => {
  it('is refused with any byte changed, a hash more or less, or for other sizes or roots', () => {
    const tree = treeOf(leavesOf(13))
    for (let from = 0; from <= 13; from++) {
      const path = tree.consistencyPath(from)
      const roots = { older: tree.root(from), newer: tree.root() }
      for (const changed of mutations(path))
        assert.ok(!isConsistent({ from: BigInt(from), to: 13n, path: changed }, roots))
      for (let other = 0; other <= 16; other++) {
        if (other === from) continue
        assert.ok(!isConsistent({ from: BigInt(other), to: 13n, path }, roots), `${from} as ${other}`)
      }
      for (const [older] of mutations([roots.older])) {
        if (older === undefined || hex(older) === hex(roots.older)) continue
        assert.ok(!isConsistent({ from: BigInt(from), to: 13n, path }, { ...roots, older }))
      }
    }
  })

  for (const [name, change] of [
    ['a record deleted', (leaves: Uint8Array[]) => leaves.toSpliced(3, 1)],
    ['a record edited', (leaves: Uint8Array[]) => leaves.with(3, leafHash(Buffer.from('another')))],
    ['two records in another order', (leaves: Uint8Array[]) => leaves.with(3, leaves[4]!).with(4, leaves[3]!)],
    ['the last record replaced', (leaves: Uint8Array[]) => leaves.with(6, leafHash(Buffer.from('another')))],
  ] as const) {
    it(`is not to be had from a tree with ${name}`, () => {
      const older = leavesOf(7)
      const newer = treeOf([...change(older), ...leavesOf(6, 'later')])
      const path = newer.consistencyPath(7)
      assert.ok(
        !isConsistent({ from: 7n, to: BigInt(newer.size), path }, { older: treeOf(older).root(), newer: newer.root() }),
      )
    })
  }

  it('of no leaves is empty, and so is that of a tree with itself', () => {
    const root = leavesOf(1)[0]!
    assert.ok(isConsistent({ from: 0n, to: 1n, path: [] }, { older: EMPTY_ROOT, newer: root }))
    assert.ok(!isConsistent({ from: 0n, to: 1n, path: [] }, { older: root, newer: root }))
    assert.ok(!isConsistent({ from: 1n, to: 1n, path: [root] }, { older: root, newer: root }))
    assert.ok(!isConsistent({ from: 2n, to: 1n, path: [] }, { older: root, newer: root }))
  })
})
