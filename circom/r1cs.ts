import { readFile } from 'node:fs/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'

/**
 * A rank-1 constraint system: constraint i says <A_i, w> * <B_i, w> = <C_i, w> over the witness w, whose entry 0 is 1.
 * All terms lie in flat arrays: those of A_i from `offsets[3i]`, of B_i from `offsets[3i + 1]`, of C_i from
 * `offsets[3i + 2]` up to `offsets[3i + 3]`.
 */
export interface R1cs {
  prime: bigint
  /** Length of the witness, the constant one included. */
  nWires: number
  /** Public signals, without the constant one: outputs, then public inputs. They are wires 1 to nPublic. */
  nPublic: number
  nOutputs: number
  nPublicInputs: number
  /** As the header counts them; those that no constraint mentions have no wire if the circuit was simplified. */
  nPrivateInputs: number
  nConstraints: number
  /** Length 3 * nConstraints + 1. */
  offsets: Uint32Array
  /** Wire of each term. */
  wires: Uint32Array
  /** Index into `coefficients` of each term. */
  coefficientOf: Uint32Array
  /** Label of each wire: the number of the signal before simplification. */
  labelOf: Uint32Array
  /** The distinct coefficients, canonical: a circuit has far fewer of them than terms. */
  coefficients: readonly bigint[]
}

const FIELD_BYTES = 32
const HEADER_BYTES = 4 + FIELD_BYTES + 4 * 4 + 8 + 4
const TERM_BYTES = 4 + FIELD_BYTES

/** Reads a .r1cs file, or its bytes. Throws FILE_UNREADABLE, and as `parseR1cs` does. */
export async function readR1cs(source: string | Uint8Array): Promise<R1cs> {
  if (typeof source !== 'string') return parseR1cs(source)
  let bytes: Uint8Array
  try {
    bytes = await readFile(source)
  } catch (cause) {
    throw new ZkclearError('FILE_UNREADABLE', `cannot read the constraint system ${source}`, { cause })
  }
  return parseR1cs(bytes)
}

/**
 * Parses the .r1cs format, version 1, over the BN254 scalar field. Nothing is allocated from a length that the size of
 * the file does not bear out. Throws ARTIFACT_CORRUPT if header and contents disagree; INPUT_INVALID for what it does not know
 * and must not leave out: another field, custom gates (sections 4 and 5), sections of other types.
 */
export function parseR1cs(bytes: Uint8Array): R1cs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sections = findSections(view)
  checkSectionTypes(view, sections)
  const header = sections.get(1) ?? corrupt('it has no header section')
  if (header.end - header.start < 4) corrupt('its header ends early')
  let at = header.start
  const u32 = () => {
    at += 4
    return view.getUint32(at - 4, true)
  }
  if (u32() !== FIELD_BYTES) unsupported('its field elements are not 32 bytes long, so its field is not that of BN254')
  if (header.end - header.start !== HEADER_BYTES) corrupt(`its header has ${header.end - header.start} bytes`)
  const prime = fieldAt(view, at)
  at += FIELD_BYTES
  if (prime !== FIELD) unsupported('it is not over the BN254 scalar field; compile it with --prime bn128')
  const [nWires, nOutputs, nPublicInputs, nPrivateInputs] = [u32(), u32(), u32(), u32()]
  at += 8
  const nConstraints = u32()
  if (nWires < 1 + nOutputs + nPublicInputs) corrupt('it has fewer wires than public signals')
  const labels = sections.get(3)
  if (labels === undefined || labels.end - labels.start !== 8 * nWires) corrupt('its wire count and wire map disagree')

  const labelOf = Uint32Array.from({ length: nWires }, (_, wire) => labelAt(view, labels.start + 8 * wire))

  const body = sections.get(2) ?? corrupt('it has no constraint section')
  if ((body.end - body.start) / 12 < nConstraints) corrupt('it is too short for its constraint count')
  const { offsets, terms } = countTerms(view, body, nConstraints)
  const wires = new Uint32Array(terms)
  const coefficientOf = new Uint32Array(terms)
  const table = new CoefficientTable(view)
  at = body.start
  for (let row = 0; row < 3 * nConstraints; row++) {
    at += 4
    for (let term = offsets[row]!; term < offsets[row + 1]!; term++, at += TERM_BYTES) {
      const wire = view.getUint32(at, true)
      if (wire >= nWires) corrupt(`constraint ${Math.floor(row / 3)} names wire ${wire} of ${nWires}`)
      wires[term] = wire
      coefficientOf[term] = table.indexOf(at + 4)
    }
  }
  return {
    prime,
    nWires,
    nPublic: nOutputs + nPublicInputs,
    nOutputs,
    nPublicInputs,
    nPrivateInputs,
    nConstraints,
    offsets,
    wires,
    coefficientOf,
    labelOf,
    coefficients: table.values,
  }
}

interface Section {
  readonly start: number
  readonly end: number
}

function findSections(view: DataView): Map<number, Section> {
  const size = view.byteLength
  if (size < 12 || view.getUint32(0, true) !== 0x73633172) corrupt('it does not begin with "r1cs"')
  if (view.getUint32(4, true) !== 1) corrupt(`its version is ${view.getUint32(4, true)}, not 1`)
  const sections = new Map<number, Section>()
  let at = 12
  for (let left = view.getUint32(8, true); left > 0; left--) {
    if (at + 12 > size) corrupt('it ends inside its section list')
    const start = at + 12
    const end = start + Number(view.getBigUint64(at + 4, true))
    if (end > size) corrupt('a section runs beyond its end')
    const type = view.getUint32(at, true)
    if (sections.has(type)) corrupt(`it has section ${type} twice`)
    sections.set(type, { start, end })
    at = end
  }
  if (at !== size) corrupt('it has bytes after its last section')
  return sections
}

/** Custom gates bind signals by equations that are in no constraint. An empty list of them, as circom may write it, is none. */
function checkSectionTypes(view: DataView, sections: ReadonlyMap<number, Section>): void {
  for (const [type, { start, end }] of sections) {
    if (type >= 1 && type <= 3) continue
    if (type < 4 || type > 5) unsupported(`it has a section of type ${type}, and what that says is not known`)
    const isEmpty = end - start === 4 && view.getUint32(start, true) === 0
    if (!isEmpty) {
      unsupported('it has custom gates, whose equations are in no constraint: write them as constraints instead')
    }
  }
}

function countTerms(view: DataView, body: Section, nConstraints: number) {
  const offsets = new Uint32Array(3 * nConstraints + 1)
  let at = body.start
  let terms = 0
  for (let row = 0; row < 3 * nConstraints; row++) {
    if (at + 4 > body.end) corrupt('its constraints end early')
    const count = view.getUint32(at, true)
    at += 4 + count * TERM_BYTES
    terms += count
    offsets[row + 1] = terms
  }
  if (at !== body.end) corrupt('the lengths of its constraints and of their section disagree')
  return { offsets, terms }
}

/** Numbers the distinct coefficients, comparing raw bytes: making a bigint of each of millions of terms is slow. */
class CoefficientTable {
  readonly values: bigint[] = []
  readonly #view: DataView
  readonly #positions: number[] = []
  #slots = new Int32Array(1 << 10).fill(-1)

  constructor(view: DataView) {
    this.#view = view
  }

  indexOf(position: number): number {
    if (this.values.length * 2 > this.#slots.length) this.#grow()
    const slot = this.#slotFor(position)
    const known = this.#slots[slot]!
    if (known >= 0) return known
    const value = fieldAt(this.#view, position)
    if (value >= FIELD) corrupt('a coefficient is not below the field prime')
    this.#slots[slot] = this.values.length
    this.#positions.push(position)
    return this.values.push(value) - 1
  }

  #slotFor(position: number): number {
    const view = this.#view
    const mask = this.#slots.length - 1
    let hash = 0
    for (let word = 0; word < FIELD_BYTES; word += 4)
      hash = Math.imul(hash ^ view.getUint32(position + word, true), 0x9e3779b1)
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]!
      if (known < 0 || this.#same(this.#positions[known]!, position)) return slot
    }
  }

  #same(a: number, b: number): boolean {
    for (let word = 0; word < FIELD_BYTES; word += 8) {
      if (this.#view.getUint32(a + word, true) !== this.#view.getUint32(b + word, true)) return false
      if (this.#view.getUint32(a + word + 4, true) !== this.#view.getUint32(b + word + 4, true)) return false
    }
    return true
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1)
    for (const [index, position] of this.#positions.entries()) this.#slots[this.#slotFor(position)] = index
  }
}

/** Labels have 64 bits; no circuit numbers its signals beyond 32, and what other tools write there stays above all others. */
function labelAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) === 0 ? view.getUint32(at, true) : 0xffffffff
}

function fieldAt(view: DataView, at: number): bigint {
  let value = 0n
  for (let word = 24; word >= 0; word -= 8) value = (value << 64n) | view.getBigUint64(at + word, true)
  return value
}

function corrupt(what: string): never {
  throw new ZkclearError('ARTIFACT_CORRUPT', `this is not a sound .r1cs file: ${what}; build the circuit again`)
}

function unsupported(what: string): never {
  throw new ZkclearError('INPUT_INVALID', `this .r1cs file cannot be used: ${what}`)
}
