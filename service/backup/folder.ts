import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkclearError } from '../../protocol/errors.ts'
import { NONE_BEFORE, type Part, partOf, readPart } from './part.ts'
import type { BackupTail } from './rows.ts'
import { writeWhole } from './whole-file.ts'

/** A part that has a tail. */
export type LastPart = Part & { readonly tail: BackupTail }

const NAME = /^([0-9]{8})\.part$/
const nameOf = (number: number) => `${number}`.padStart(8, '0').concat('.part')
const IGNORED = /\.part\.unfinished$/

/** The files of a backup: parts from 0 on, each of which names the digest of the one before it. */
export class BackupFolder {
  readonly path: string
  /** Parts up to that one have no tail any more. */
  #bare = -1
  #known: { readonly mark: string; readonly last: LastPart | undefined; readonly isTorn: boolean } | undefined

  constructor(path: string) {
    this.path = path
  }

  /** Makes the folder where it is missing. Throws OUTPUT_UNWRITABLE. */
  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 }).catch((cause) => {
      throw new ZkclearError('OUTPUT_UNWRITABLE', `cannot be made (${cause.code})`, { path: this.path, cause })
    })
  }

  /** How many parts there are. Throws BACKUP_BROKEN where one is missing; INPUT_INVALID for a folder of something else; FILE_UNREADABLE. */
  async count(): Promise<number> {
    const names = await readdir(this.path).catch((cause) => {
      throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${cause.code}); check the path`, {
        path: this.path,
        cause,
      })
    })
    const parts = names.filter((name) => NAME.test(name)).toSorted()
    if (parts.length === 0 && names.some((name) => !IGNORED.test(name))) {
      const message = 'holds other files and no backup; give the folder of one, or, to begin a backup, a new one'
      throw new ZkclearError('INPUT_INVALID', message, { path: this.path })
    }
    const gap = parts.findIndex((name, i) => name !== nameOf(i))
    if (gap === -1) return parts.length
    throw new ZkclearError('BACKUP_BROKEN', `${nameOf(gap)} is missing; use another copy of the backup`, {
      path: this.path,
    })
  }

  /** A part; undefined if it is cut off. Throws BACKUP_BROKEN, FILE_UNREADABLE. */
  async part(number: number): Promise<Part | undefined> {
    const path = join(this.path, nameOf(number))
    const bytes = await readFile(path).catch((cause) => {
      throw unreadable(path, cause)
    })
    const part = readPart(bytes, path)
    if (part === undefined || part.head.number === number) return part
    throw new ZkclearError('BACKUP_BROKEN', `says that it is part ${part.head.number}`, { path })
  }

  /** The last part that is whole, undefined if there is none; and whether one behind it is cut off. Throws as {@link part}. */
  async last(): Promise<{ readonly last: LastPart | undefined; readonly isTorn: boolean }> {
    const count = await this.count()
    if (count === 0) return { last: undefined, isTorn: false }
    const path = join(this.path, nameOf(count - 1))
    const { ino, size, mtimeNs } = await stat(path, { bigint: true }).catch((cause) => {
      throw unreadable(path, cause)
    })
    const mark = `${count} ${ino} ${size} ${mtimeNs}`
    if (this.#known?.mark !== mark) this.#known = { mark, ...(await this.#readLast(count)) }
    return this.#known
  }

  async #readLast(count: number) {
    const newest = await this.part(count - 1)
    if (newest !== undefined && hasTail(newest)) return { last: newest, isTorn: false }
    const before = count === 1 ? undefined : await this.part(count - 2)
    if (before === undefined && count > 1) throw this.#broken(count - 2, 'is cut off, and parts come after it')
    if (before !== undefined && !hasTail(before))
      throw this.#broken(count - 1, 'is cut off, and the one before it has no keys')
    return { last: before, isTorn: true }
  }

  /**
   * Writes a part in place of the one of its number, or behind the last. What changes is kept twice, in case that the last part is cut off;
   * with `isAlone` in this part alone, as keys that were destroyed stand in the others.
   */
  async write(number: number, lines: Buffer, tail: string, isAlone = false): Promise<void> {
    // Before: who is killed in between does so again with the next look.
    if (isAlone) await this.#bareTo(number - 1)
    await writeWhole(join(this.path, nameOf(number)), partOf(lines, tail))
    await this.#bareTo(number - 2)
  }

  /** Takes the tail from that part, and from the one before it. */
  async #bareTo(number: number): Promise<void> {
    for (const each of [number - 1, number]) {
      if (each <= this.#bare) continue
      const old = await this.part(each)
      if (old?.tail !== undefined) await writeWhole(join(this.path, nameOf(each)), partOf(old.lines))
      this.#bare = each
    }
  }

  /** All parts in order, each of which follows from the one before; without one at the end that is cut off. Throws as {@link part}. */
  async *parts(): AsyncGenerator<Part> {
    const { last } = await this.last()
    let previous = NONE_BEFORE
    for (let number = 0; number <= (last?.head.number ?? -1); number++) {
      const part = await this.part(number)
      if (part === undefined) throw this.#broken(number, 'is cut off, and parts come after it')
      if (part.head.previous !== previous) throw this.#broken(number, 'does not follow from the part before it')
      if (part.head.epoch !== last!.head.epoch) throw this.#broken(number, 'is of another epoch')
      previous = part.digest
      yield part
    }
  }

  #broken(number: number, what: string): ZkclearError {
    const path = join(this.path, nameOf(number))
    return new ZkclearError('BACKUP_BROKEN', `${what}; use another copy of the backup`, { path })
  }
}

function unreadable(path: string, cause: NodeJS.ErrnoException): ZkclearError {
  return new ZkclearError('FILE_UNREADABLE', `cannot be read (${cause.code})`, { path, cause })
}

function hasTail(part: Part): part is LastPart {
  return part.tail !== undefined
}
