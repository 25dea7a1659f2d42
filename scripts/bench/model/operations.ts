import process from 'node:process'
import { buildEddsa, buildPoseidon } from 'circomlibjs'
import { BASE } from '../../../protocol/crypto/baby-jubjub.ts'
import { publicKey, sign, verify } from '../../../protocol/crypto/eddsa.ts'
import { nativePrimitives, type Primitives, portable } from '../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../protocol/numbers.ts'

/** What an operation takes by what computes it, in microseconds of processor time; undefined where that has none. */
export type OperationTimes = Readonly<Record<string, number | undefined>>

/** Widths that the model hashes most: of a message, of a node, of a group of positions. */
const WIDTHS = [2, 4, 16]
const TOGETHER = 64
const ROUNDS = 7

/** The median of some rounds of the same work, after one that is not counted. */
function microseconds(operations: number, work: () => void): number {
  work()
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / operations
  })
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1]!
}

function repeated(times: number, run: (i: number) => void): number {
  return microseconds(times, () => {
    for (let i = 0; i < times; i++) run(i)
  })
}

function timesOf({ poseidon, poseidonAll, multiplyBase, isSum, isInSubgroup }: Primitives): OperationTimes {
  const key = multiplyBase(FIELD)
  const hashes = WIDTHS.flatMap((width) => {
    const words = Array.from({ length: width * TOGETHER }, (_, i) => FIELD - BigInt(i + 1) ** 20n)
    const first = words.slice(0, width)
    return [
      [`Poseidon of ${width} words`, repeated(200, () => poseidon(1n, first))] as const,
      [
        `Poseidon of ${width} words, ${TOGETHER} together`,
        microseconds(TOGETHER, () => void poseidonAll(1n, words, width)),
      ] as const,
    ]
  })
  return {
    ...Object.fromEntries(hashes),
    'a public key': repeated(20, (i) => multiplyBase(FIELD - BigInt(i))),
    "a signature's equation": repeated(20, (i) => isSum(key, BASE, FIELD >> 3n, (FIELD >> 4n) + BigInt(i))),
    'whether a key is of prime order': repeated(20, () => isInSubgroup(key)),
  }
}

async function timesOfCircomlib(): Promise<OperationTimes> {
  const [poseidon, eddsa] = [await buildPoseidon(), await buildEddsa()]
  const privateKey = new Uint8Array(32).fill(7)
  const message = eddsa.F.e(5n)
  const [key, signature] = [eddsa.prv2pub(privateKey), eddsa.signPoseidon(privateKey, message)]
  const hashes = WIDTHS.map((width) => {
    const words = Array.from({ length: width }, (_, i) => FIELD - BigInt(i + 1) ** 20n)
    return [`Poseidon of ${width} words`, repeated(100, () => poseidon.F.toObject(poseidon(words, 1n)))] as const
  })
  return {
    ...Object.fromEntries(hashes),
    'a public key': repeated(3, () => eddsa.prv2pub(privateKey)),
    "a signature's equation": repeated(3, () => eddsa.verifyPoseidon(message, signature, key)),
    'whether a key is of prime order': repeated(3, () => eddsa.babyJub.inSubgroup(key)),
  }
}

/** By what computes: each path of the addon, plain integers, circomlibjs. */
export async function measureOperations(paths: readonly string[]): Promise<Readonly<Record<string, OperationTimes>>> {
  const native = paths.map((path) => [path, timesOf(nativePrimitives(path)!)] as const)
  return {
    ...Object.fromEntries(native),
    'plain integers': timesOf(portable),
    circomlibjs: await timesOfCircomlib(),
  }
}

/** Whole signatures, made and checked by what is fastest here. */
export function measureSignatures(): OperationTimes {
  const secret = new Uint8Array(32).fill(9)
  const [key, signature] = [publicKey(secret), sign(secret, 5n)]
  return {
    'a signature made': repeated(50, (i) => sign(secret, BigInt(i))),
    'a signature checked': repeated(50, () => verify(5n, signature, key)),
  }
}
