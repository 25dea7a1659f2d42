import { ZkclearError } from './errors.ts'
import { poseidon } from './hash.ts'

/** Children of an inner node. */
export const ARITY = 4

interface Node<Leaf> {
  readonly children: readonly (Node<Leaf> | Leaf | Pruned | undefined)[]
  digest: bigint | undefined
}

/** A leaf or subtree of which nothing is known but its digest. */
class Pruned {
  readonly digest: bigint

  constructor(digest: bigint) {
    this.digest = digest
  }
}

/** A leaf with its path: what the holder of a root alone needs to know about it. */
export interface Opening<Leaf> {
  readonly index: number
  /** undefined: the leaf is empty. */
  readonly leaf: Leaf | undefined
  /** {@link TreePath}'s children. */
  readonly children: readonly (readonly bigint[])[]
}

/**
 * The four children on the way from a leaf to the root, bottom up, and which of them the way takes (0 to 3).
 * A level's `children[position]` is the node below on the way.
 */
export interface TreePath {
  readonly children: readonly (readonly bigint[])[]
  readonly positions: readonly number[]
}

/**
 * A sparse 4-ary Poseidon Merkle tree of 4^levels leaves; an empty leaf hashes to 0 and so does an empty subtree's leaf,
 * inner nodes always to Poseidon(NODE; four children). Immutable: `set` returns a new tree which shares what it did not
 * change, and digests are worked out when first asked for.
 */
export class Tree<Leaf extends object> {
  readonly levels: number
  readonly #hashLeaf: (leaf: Leaf) => bigint
  readonly #root: Node<Leaf> | undefined

  constructor(levels: number, hashLeaf: (leaf: Leaf) => bigint, root?: Node<Leaf>) {
    this.levels = levels
    this.#hashLeaf = hashLeaf
    this.#root = root
  }

  /**
   * The part of a tree that the openings show, with the digests of all else. Reading, writing or opening any other leaf
   * throws INPUT_INVALID. Openings that contradict each other or the leaves give another root than theirs: compare it.
   */
  static fromOpenings<Leaf extends object>(
    levels: number,
    hashLeaf: (leaf: Leaf) => bigint,
    openings: readonly Opening<Leaf>[],
  ): Tree<Leaf> {
    const tree = new Tree(levels, hashLeaf)
    type Child = Node<Leaf> | Leaf | Pruned | undefined
    let root: Child
    for (const { index, leaf, children: levelsUp } of openings) {
      const positions = tree.#positions(index)
      const insert = (node: Child, depth: number): Child => {
        if (depth === levels) return leaf
        const unseen = node === undefined || node instanceof Pruned
        const digests = levelsUp[levels - 1 - depth]!
        const empty = emptyDigest(levels - 1 - depth)
        const children: Child[] = unseen
          ? digests.map((digest) => (digest === empty ? undefined : new Pruned(digest)))
          : [...(node as Node<Leaf>).children]
        children[positions[depth]!] = insert(children[positions[depth]!], depth + 1)
        return { children, digest: undefined }
      }
      root = insert(root, 0)
    }
    return new Tree(levels, hashLeaf, root as Node<Leaf> | undefined)
  }

  /** Number of leaves, empty ones included. */
  get capacity(): number {
    return ARITY ** this.levels
  }

  get(index: number): Leaf | undefined {
    let node: Node<Leaf> | Leaf | Pruned | undefined = this.#root
    for (const position of this.#positions(index)) {
      if (node === undefined) return undefined
      node = known((node as Node<Leaf>).children[position], index)
    }
    return node as Leaf | undefined
  }

  set(index: number, leaf: Leaf): Tree<Leaf> {
    const positions = this.#positions(index)
    const update = (node: Node<Leaf> | Leaf | Pruned | undefined, depth: number): Node<Leaf> | Leaf => {
      known(node, index)
      if (depth === this.levels) return leaf
      const children = node === undefined ? new Array(ARITY).fill(undefined) : [...(node as Node<Leaf>).children]
      children[positions[depth]!] = update(children[positions[depth]!], depth + 1)
      return { children, digest: undefined }
    }
    return new Tree(this.levels, this.#hashLeaf, update(this.#root, 0) as Node<Leaf>)
  }

  get root(): bigint {
    return this.#digest(this.#root, 0)
  }

  path(index: number): TreePath {
    const positions = this.#positions(index)
    const children: bigint[][] = []
    let node: Node<Leaf> | undefined = this.#root
    for (const [depth, position] of positions.entries()) {
      children.unshift(Array.from({ length: ARITY }, (_, i) => this.#digest(node?.children[i], depth + 1)))
      node = known(node?.children[position], index) as Node<Leaf> | undefined
    }
    return { children, positions: positions.toReversed() }
  }

  /** Every occupied leaf that is known, with its index, in ascending order. */
  *entries(): Generator<[index: number, leaf: Leaf]> {
    yield* this.#entries(this.#root, 0, 0)
  }

  *#entries(node: Node<Leaf> | Leaf | Pruned | undefined, depth: number, index: number): Generator<[number, Leaf]> {
    if (node === undefined || node instanceof Pruned) return
    if (depth === this.levels) {
      yield [index, node as Leaf]
      return
    }
    for (const [i, child] of (node as Node<Leaf>).children.entries()) {
      yield* this.#entries(child, depth + 1, index * ARITY + i)
    }
  }

  #digest(node: Node<Leaf> | Leaf | Pruned | undefined, depth: number): bigint {
    if (node instanceof Pruned) return node.digest
    if (depth === this.levels) return node === undefined ? 0n : this.#hashLeaf(node as Leaf)
    if (node === undefined) return emptyDigest(this.levels - depth)
    const inner = node as Node<Leaf>
    inner.digest ??= poseidon(
      'NODE',
      inner.children.map((child) => this.#digest(child, depth + 1)),
    )
    return inner.digest
  }

  #positions(index: number): number[] {
    if (!Number.isInteger(index) || index < 0 || index >= this.capacity) {
      throw new ZkclearError('INPUT_INVALID', `tree index ${index} is not in [0, ${this.capacity})`)
    }
    return Array.from({ length: this.levels }, (_, i) => Math.floor(index / ARITY ** (this.levels - 1 - i)) % ARITY)
  }
}

function known<T>(node: T | Pruned, index: number): T {
  if (!(node instanceof Pruned)) return node
  throw new ZkclearError('INPUT_INVALID', `leaf ${index} is not among the openings that this tree was made from`)
}

const EMPTY_DIGESTS: bigint[] = [0n]

/** Digest of a subtree of that height with no leaf. */
function emptyDigest(height: number): bigint {
  EMPTY_DIGESTS[height] ??= poseidon('NODE', new Array(ARITY).fill(emptyDigest(height - 1)))
  return EMPTY_DIGESTS[height]
}
