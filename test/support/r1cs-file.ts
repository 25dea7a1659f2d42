import { FIELD } from '../../protocol/numbers.ts'

/** Terms of a linear combination as they stand in the file: wires may repeat, coefficients may be 0. */
export type FileTerms = readonly (readonly [wire: number, coefficient: bigint])[]

export type FileConstraint = readonly [a: FileTerms, b: FileTerms, c: FileTerms]

/** What a .r1cs file says, each part of which a test may choose. */
export interface R1csFile {
  nWires: number
  nOutputs: number
  nPublicInputs: number
  nPrivateInputs: number
  constraints: readonly FileConstraint[]
  /** Label of each wire. Default: the wire's number. */
  labels?: readonly bigint[]
  /** Default: the BN254 scalar field. */
  prime?: bigint
  /** Types of the sections in the order of the file. Default: 1, 2, 3. */
  order?: readonly number[]
  /** Contents of sections of other types. */
  others?: Readonly<Record<number, Uint8Array>>
}

/** The bytes of a .r1cs file, written from the format's description alone. */
export function r1csBytes(file: R1csFile): Uint8Array {
  const { nWires, nOutputs, nPublicInputs, nPrivateInputs, constraints, prime = FIELD, others = {} } = file
  const labels = file.labels ?? Array.from({ length: nWires }, (_, wire) => BigInt(wire))
  const contents: Record<number, Uint8Array> = {
    1: bytes([
      ...[u32(32), element(prime), u32(nWires), u32(nOutputs), u32(nPublicInputs), u32(nPrivateInputs)],
      ...[u64(BigInt(nWires)), u32(constraints.length)],
    ]),
    2: bytes(
      constraints.flatMap((parts) =>
        parts.flatMap((terms) => [u32(terms.length), ...terms.flatMap(([wire, c]) => [u32(wire), element(c)])]),
      ),
    ),
    3: bytes(labels.map(u64)),
    ...others,
  }
  const order = file.order ?? Object.keys(contents).map(Number)
  const sections = order.map((type) => bytes([u32(type), u64(BigInt(contents[type]!.length)), contents[type]!]))
  return bytes([new TextEncoder().encode('r1cs'), u32(1), u32(order.length), ...sections])
}

/** The numbers of the constraints that a witness breaks, straight from what was written. */
export function brokenInFile({ constraints }: R1csFile, witness: readonly bigint[]): number[] {
  const sum = (terms: FileTerms) => terms.reduce((total, [wire, c]) => total + c * witness[wire]!, 0n)
  return constraints.flatMap(([a, b, c], index) => ((sum(a) * sum(b) - sum(c)) % FIELD === 0n ? [] : [index]))
}

function bytes(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

function u64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer)
}

function element(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.from({ length: 4 }, (_, word) => value >> BigInt(64 * word)).buffer)
}
