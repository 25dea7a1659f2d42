import { EMPTY_ROOT, HASH_BYTES, nodeHash } from '../../log/hash.ts'

/** Hashes one after another, in one piece of memory that grows. */
class Hashes {
  #bytes = Buffer.alloc(64 * HASH_BYTES)
  length = 0

  push(hash: Uint8Array): void {
    const end = this.length * HASH_BYTES
    if (end === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(end)])
    this.#bytes.set(hash, end)
    this.length++
  }

  at(index: number): Uint8Array {
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
  }
}

/**
 * The tree of RFC 6962 over the leaves so far, with every node that no further leaf changes: 64 bytes a leaf in memory. Of any of its
 * sizes it gives root and proofs.
 */
export class LogTree {
  /** Of each height the roots of all full subtrees, from the left; the leaves first. */
  readonly #levels = [new Hashes()]

  get size(): number {
    return this.#levels[0]!.length
  }

  /** The hash of a leaf. */
  leaf(index: number): Uint8Array {
    return Uint8Array.from(this.#levels[0]!.at(index))
  }

  append(leaf: Uint8Array): void {
    let hash = leaf
    for (let height = 0; ; height++) {
      if (this.#levels[height] === undefined) this.#levels.push(new Hashes())
      const level = this.#levels[height]!
      level.push(hash)
      if (level.length % 2 === 1) return
      hash = nodeHash(level.at(level.length - 2), level.at(level.length - 1))
    }
  }

  /** Of the first leaves, `size` of them. */
  root(size = this.size): Uint8Array {
    return size === 0 ? EMPTY_ROOT : this.#hash(0, size)
  }

  /** From a leaf to the root of the first leaves (RFC 6962, 2.1.1). */
  inclusionPath(index: number, size = this.size): Uint8Array[] {
    const path: Uint8Array[] = []
    let [start, end] = [0, size]
    while (end - start > 1) {
      const middle = start + split(end - start)
      if (index < middle) {
        path.push(this.#hash(middle, end))
        end = middle
      } else {
        path.push(this.#hash(start, middle))
        start = middle
      }
    }
    return path.reverse()
  }

  /** That the first `from` leaves are the beginning of the first `to` (RFC 6962, 2.1.2). */
  consistencyPath(from: number, to = this.size): Uint8Array[] {
    if (from === 0 || from === to) return []
    const path: Uint8Array[] = []
    let [start, end] = [0, to]
    while (end !== from) {
      const middle = start + split(end - start)
      if (from <= middle) {
        path.push(this.#hash(middle, end))
        end = middle
      } else {
        path.push(this.#hash(start, middle))
        start = middle
      }
    }
    // Whoever asks has the root of the smaller tree already.
    if (start > 0) path.push(this.#hash(start, end))
    return path.reverse()
  }

  /** Of leaves from `start` to `end`, where `start` is a multiple of the largest power of two below their number. */
  #hash(start: number, end: number): Uint8Array {
    const count = end - start
    const height = Math.log2(count)
    if (Number.isInteger(height)) return Uint8Array.from(this.#levels[height]!.at(start / count))
    const middle = start + split(count)
    return nodeHash(this.#hash(start, middle), this.#hash(middle, end))
  }
}

/** The largest power of two below a number of leaves. */
function split(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1)
}
