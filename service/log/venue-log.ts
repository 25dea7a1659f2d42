import type { z } from 'zod'
import { HASH_BYTES } from '../../log/hash.ts'
import type { receiptSchema } from '../../log/receipt.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import type { NoteSigner } from './note-signer.ts'
import { LogTree } from './tree.ts'

/** A head of the log that is signed. */
export interface Head {
  readonly size: number
  readonly root: Uint8Array
  /** The signed note. */
  readonly note: string
}

/** A record that a receipt is for. */
export interface Receipted {
  readonly record: number
  readonly salt: Uint8Array
  readonly bytes: Uint8Array
}

/** What heads are signed with. */
export interface Signs {
  readonly signer: NoteSigner
  /**
   * The clock of the sequencer, in milliseconds since 1970: it is never ahead of the database's, and stands still where that does not agree
   * with the chain's. A checkpoint of a time that has not come would convict an honest venue of anchors that it did not know yet.
   */
  clock(): bigint
}

/** As it goes over the wire. */
export type WireReceipt = z.input<typeof receiptSchema>

/** Leaves that are read at once. */
const PAGE = 50_000

/**
 * The log of an epoch: a tree over its records as far as they are on disk, and its signed head. It is what the journal makes it, so that
 * after a restart it is the same.
 */
export class VenueLog {
  readonly #database: Database
  readonly #readers: Queryable
  readonly epoch: bigint
  readonly #sign: Signs
  readonly #tree: LogTree
  #head: Head

  private constructor(database: Database, epoch: bigint, { readers, sign, tree, head }: Parts) {
    this.#database = database
    this.#readers = readers
    this.epoch = epoch
    this.#sign = sign
    this.#tree = tree
    this.#head = head
  }

  /** Of what is stored; nothing is appended while it is read. Whoever asks for an anchor is answered from `readers`; `tree` has the first leaves already. Throws DATABASE_REFUSED, DATABASE_UNAVAILABLE. */
  static async open(
    database: Database,
    { epoch, next }: { readonly epoch: bigint; readonly next: bigint },
    sign: Signs,
    {
      readers = database,
      tree = new LogTree(),
    }: { readonly readers?: Queryable; readonly tree?: LogTree | undefined } = {},
  ): Promise<VenueLog> {
    await growTree(database, tree, { epoch, next })
    return new VenueLog(database, epoch, { readers, sign, tree, head: await signHead(sign, tree) })
  }

  /** As far as everything that was answered reaches at least. */
  get head(): Head {
    return this.#head
  }

  /** The public key, as signed-note writes it. */
  get key(): string {
    return this.#sign.signer.verifierKey
  }

  /** Adds what is on disk by now, and signs the head with it. */
  async append(leaves: readonly Uint8Array[]): Promise<void> {
    for (const leaf of leaves) this.#tree.append(leaf)
    this.#head = await signHead(this.#sign, this.#tree)
  }

  /** That the record is in the log, which reaches that far. */
  receipt({ record, salt, bytes }: Receipted): WireReceipt {
    const { size, note } = this.#head
    return {
      ...{ version: 1, epoch: `${this.epoch}`, record, salt: base64(salt), bytes: base64(bytes) },
      path: this.#tree.inclusionPath(record, size).map(base64),
      checkpoint: note,
    }
  }

  /** Of the first `size` leaves; 0 <= size <= size of the head. */
  root(size: number): Uint8Array {
    return this.#tree.root(size)
  }

  /** The root of the first `from` leaves, and the proof that the first `to` begin with them; 0 <= from <= to <= size of the head. */
  consistency(from: number, to: number) {
    const root = base64(this.#tree.root(from))
    return { from, to, root, path: this.#tree.consistencyPath(from, to).map(base64) }
  }

  /** Leaves from that one on, `count` of them or as many as the head has. */
  leaves(from: number, count: number): string[] {
    const end = Math.min(this.#head.size, from + count)
    return Array.from({ length: Math.max(0, end - from) }, (_, i) => base64(this.#tree.leaf(from + i)))
  }

  /** The root of the head for a settlement to carry, in hex; its size is stored first, so that it can be told of what it is the root. */
  async anchor(): Promise<string> {
    const { root, size } = this.#head
    await this.#database.query(
      'INSERT INTO log_anchor (root, epoch, size) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [Buffer.from(root), this.epoch, size],
    )
    return `0x${Buffer.from(root).toString('hex')}`
  }

  /** The size of the tree whose root that anchor is; undefined if it was none of this log. */
  async sizeOfAnchor(root: Uint8Array): Promise<number | undefined> {
    const [row] = await this.#readers.query<{ size: string }>(
      'SELECT size FROM log_anchor WHERE root = $1 AND epoch = $2',
      [Buffer.from(root), this.epoch],
    )
    return row && Number(row.size)
  }
}

/** Appends the leaves that a tree lacks of the first `next`. Throws DATABASE_REFUSED, DATABASE_UNAVAILABLE. */
export async function growTree(
  database: Queryable,
  tree: LogTree,
  { epoch, next }: { readonly epoch: bigint; readonly next: bigint },
): Promise<void> {
  while (BigInt(tree.size) < next) {
    const [row] = await database.query<{ leaves: Buffer | null }>(
      `SELECT string_agg(leaf, ''::bytea ORDER BY sequence) AS leaves FROM journal
       WHERE epoch = $1 AND sequence >= $2::bigint AND sequence < least($2::bigint + $3::bigint, $4::bigint)`,
      [epoch, tree.size, PAGE, next],
    )
    const leaves = row!.leaves ?? Buffer.alloc(0)
    if (leaves.length === 0) {
      throw new ZkclearError('DATABASE_REFUSED', `the journal has ${next} records, and leaves for ${tree.size} of them`)
    }
    for (let at = 0; at < leaves.length; at += HASH_BYTES) tree.append(leaves.subarray(at, at + HASH_BYTES))
  }
}

interface Parts {
  readonly readers: Queryable
  readonly sign: Signs
  readonly tree: LogTree
  readonly head: Head
}

async function signHead({ signer, clock }: Signs, tree: LogTree): Promise<Head> {
  const head = { size: tree.size, root: tree.root() }
  return { ...head, note: await signer.checkpoint({ ...head, time: Number(clock() / 1000n) }) }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
