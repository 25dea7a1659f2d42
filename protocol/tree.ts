import { ZkclearError } from './errors.ts'
import { type Hashing, hashingAll, hashLater, hashNow, poseidon } from './hash.ts'
import { TOP_LEVELS } from './parameters.ts'

/** Children of an inner node. */
export const ARITY = 4

/** Leaves below a node of each height: a power is slower to work out than to look up, and every leaf that is read takes one a level. */
const LEAVES = Array.from({ length: 27 }, (_, height) => ARITY ** height)

/** Nodes at the top of the tree of accounts that a batch opens once for all its accounts (protocol.md#shared-top). */
export const TOP_NODES = ARITY ** TOP_LEVELS

/** The part of a path that each account of a batch opens for itself: below the nodes that all of them share. */
export function childrenBelowTop<Row>(children: readonly Row[]): readonly Row[] {
  return children.slice(0, -TOP_LEVELS)
}

interface Node<Leaf> {
  readonly children: readonly Child<Leaf>[]
  digest: bigint | undefined
}

/** What is below a node: another or, on the last level, a leaf; undefined where all is empty. */
type Child<Leaf> = Node<Leaf> | Leaf | Pruned | undefined

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

/** The digest of a leaf; `hashing` works out those of many together, which is quicker, and then they are known. */
export interface LeafHash<Leaf> {
  (leaf: Leaf): bigint
  readonly hashing?: (leaves: readonly Leaf[]) => Hashing<unknown>
}

/** Nodes whose digests are worked out together, or whose leaves' are: more need more memory, and are not quicker. */
const TOGETHER = 256

/**
 * A sparse 4-ary Poseidon Merkle tree of 4^levels leaves; an empty leaf hashes to 0 and so does an empty subtree's leaf,
 * inner nodes always to Poseidon(NODE; four children). Immutable: `set` returns a new tree which shares what it did not
 * change, and digests are worked out when first asked for, level by level.
 */
export class Tree<Leaf extends object> {
  readonly levels: number
  readonly #hashLeaf: LeafHash<Leaf>
  readonly #root: Node<Leaf> | undefined

  constructor(levels: number, hashLeaf: LeafHash<Leaf>, root?: Node<Leaf>) {
    this.levels = levels
    this.#hashLeaf = hashLeaf
    this.#root = root
  }

  /**
   * The part of a tree that the openings show, with the digests of all else. Reading, writing or opening any other leaf
   * throws INPUT_INVALID. Openings that contradict each other or the leaves give another root than theirs: compare it.
   * With the digests of a {@link row} as `top`, paths need only go up to that.
   */
  static fromOpenings<Leaf extends object>(
    levels: number,
    hashLeaf: LeafHash<Leaf>,
    openings: readonly Opening<Leaf>[],
    top: readonly bigint[] = [],
  ): Tree<Leaf> {
    const tree = new Tree(levels, hashLeaf)
    let root = treeOver<Leaf>(top, levels)
    for (const { index, leaf, children: levelsUp } of openings) {
      tree.#requireIndex(index)
      const insert = (node: Child<Leaf>, depth: number): Child<Leaf> => {
        if (depth === levels) return leaf
        const unseen = node === undefined || node instanceof Pruned
        const digests = levelsUp[levels - 1 - depth]!
        const children: Child<Leaf>[] = unseen
          ? digests.map((digest) => pruned<Leaf>(digest, levels - 1 - depth))
          : [...(node as Node<Leaf>).children]
        const position = tree.#position(index, depth)
        children[position] = insert(children[position], depth + 1)
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
    this.#requireIndex(index)
    let node: Child<Leaf> = this.#root
    for (let depth = 0; depth < this.levels && node !== undefined; depth++) {
      node = known((node as Node<Leaf>).children[this.#position(index, depth)], index)
    }
    return node as Leaf | undefined
  }

  set(index: number, leaf: Leaf): Tree<Leaf> {
    return this.setAll([[index, leaf]])
  }

  /** The tree with all these leaves; where an index is named twice, the last counts. */
  setAll(leaves: Iterable<readonly [index: number, leaf: Leaf]>): Tree<Leaf> {
    const written = leaves instanceof Map ? leaves : new Map(leaves)
    if (written.size === 0) return this
    for (const index of written.keys()) this.#requireIndex(index)
    const indices = Float64Array.from(written.keys()).sort()
    const update = (node: Child<Leaf>, depth: number, begin: number, end: number): Node<Leaf> | Leaf => {
      known(node, indices[begin]!)
      if (depth === this.levels) return written.get(indices[begin]!)!
      const children = node === undefined ? new Array(ARITY).fill(undefined) : [...(node as Node<Leaf>).children]
      for (let at = begin; at < end; ) {
        const position = this.#position(indices[at]!, depth)
        const first = at
        while (at < end && this.#position(indices[at]!, depth) === position) at++
        children[position] = update(children[position], depth + 1, first, at)
      }
      return { children, digest: undefined }
    }
    return new Tree(this.levels, this.#hashLeaf, update(this.#root, 0, 0, indices.length) as Node<Leaf>)
  }

  get root(): bigint {
    this.#settle()
    return this.#digest(this.#root, 0)
  }

  /**
   * The digests of all 4^depth nodes that far below the root, in order. Throws INPUT_INVALID where one is above which nothing is
   * known.
   */
  row(depth: number): readonly bigint[] {
    this.#settle()
    let nodes: readonly Child<Leaf>[] = [this.#root]
    for (let above = 0; above < depth; above++) {
      nodes = nodes.flatMap((node) => {
        if (node === undefined) return new Array<undefined>(ARITY).fill(undefined)
        if (!(node instanceof Pruned)) return (node as Node<Leaf>).children
        throw new ZkclearError('INPUT_INVALID', `not all nodes are known that are ${depth} levels below the root`)
      })
    }
    return nodes.map((node) => this.#digest(node, depth))
  }

  /** Up to the root, or to the nodes that far below it: what is above is not worked out then. */
  path(index: number, top = 0): TreePath {
    this.#requireIndex(index)
    this.#settle(top)
    const positions = Array.from({ length: this.levels }, (_, depth) => this.#position(index, depth))
    const children: bigint[][] = []
    let node: Node<Leaf> | undefined = this.#root
    for (const [depth, position] of positions.entries()) {
      if (depth >= top) {
        children.unshift(Array.from({ length: ARITY }, (_, i) => this.#digest(node?.children[i], depth + 1)))
      }
      node = known(node?.children[position], index) as Node<Leaf> | undefined
    }
    return { children, positions: positions.slice(top).toReversed() }
  }

  /** Every occupied leaf that is known, with its index, in ascending order. */
  *entries(): Generator<[index: number, leaf: Leaf]> {
    const waiting: [node: Child<Leaf>, depth: number, index: number][] = [[this.#root, 0, 0]]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [node, depth, index] = next
      if (node === undefined || node instanceof Pruned) continue
      if (depth === this.levels) {
        yield [index, node as Leaf]
        continue
      }
      const { children } = node as Node<Leaf>
      for (let i = ARITY; i-- > 0; ) waiting.push([children[i], depth + 1, index * ARITY + i])
    }
  }

  /** Works out its digests while this thread does something else, where there is the native addon: they are known when they are asked for. */
  async hashAhead(): Promise<void> {
    await hashLater(this.#settling())
  }

  #settle(top = 0): void {
    hashNow(this.#settling(top))
  }

  /** Works out every digest that is missing of nodes at least that far below the root, many together. */
  *#settling(top = 0): Hashing<void> {
    const missing: Node<Leaf>[][] = Array.from({ length: this.levels }, () => [])
    const collect = (child: Child<Leaf>, depth: number): void => {
      if (depth === this.levels || child === undefined || child instanceof Pruned) return
      const node = child as Node<Leaf>
      if (node.digest !== undefined) return
      missing[depth]!.push(node)
      for (const below of node.children) collect(below, depth + 1)
    }
    collect(this.#root, 0)
    const { hashing } = this.#hashLeaf
    if (hashing !== undefined) {
      for (const some of inParts(missing.at(-1) ?? [])) {
        const leaves = some.flatMap(({ children }) => children)
        yield* hashing(leaves.filter((leaf) => leaf !== undefined && !(leaf instanceof Pruned)) as Leaf[])
      }
    }
    for (let depth = this.levels - 1; depth >= top; depth--) {
      for (const some of inParts(missing[depth]!)) {
        const words = some.map(({ children }) => children.map((child) => this.#digest(child, depth + 1)))
        for (const [i, digest] of (yield* hashingAll('NODE', words)).entries()) some[i]!.digest = digest
      }
    }
  }

  /** Of a node whose digest is not missing. */
  #digest(node: Child<Leaf>, depth: number): bigint {
    if (node instanceof Pruned) return node.digest
    if (depth === this.levels) return node === undefined ? 0n : this.#hashLeaf(node as Leaf)
    return node === undefined ? emptyDigest(this.levels - depth) : (node as Node<Leaf>).digest!
  }

  #requireIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.capacity) return
    throw new ZkclearError('INPUT_INVALID', `tree index ${index} is not in [0, ${this.capacity})`)
  }

  /** Which child the way to a leaf takes at that depth. */
  #position(index: number, depth: number): number {
    return Math.floor(index / LEAVES[this.levels - 1 - depth]!) % ARITY
  }
}

/** What is known of a tree of which a row of nodes is: all above it. Nothing of an empty row. */
function treeOver<Leaf>(row: readonly bigint[], levels: number): Child<Leaf> {
  if (row.length === 0) return undefined
  const height = levels - Math.round(Math.log(row.length) / Math.log(ARITY))
  let nodes = row.map((digest) => pruned<Leaf>(digest, height))
  while (nodes.length > 1) {
    const below = nodes
    nodes = Array.from({ length: below.length / ARITY }, (_, i) => {
      return { children: below.slice(ARITY * i, ARITY * (i + 1)), digest: undefined }
    })
  }
  return nodes[0]
}

/** A subtree of that height of which nothing is known but its digest, unless that says that it is empty. */
function pruned<Leaf>(digest: bigint, height: number): Child<Leaf> {
  return digest === emptyDigest(height) ? undefined : new Pruned(digest)
}

function* inParts<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += TOGETHER) yield list.slice(start, start + TOGETHER)
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
