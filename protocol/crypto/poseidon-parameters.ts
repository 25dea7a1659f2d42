import { invertAll } from '../field.ts'
import { FIELD } from '../numbers.ts'
import { Grain } from './grain.ts'
import { inverse, type Matrix, matrixPower, rowTimes, timesColumn } from './matrix.ts'

/** The field's elements are below 2^254. */
const FIELD_BITS = 254

/** Full rounds, half of them before the partial ones. */
const FULL_ROUNDS = 8

/** Partial rounds by width, from 2: circomlib's choice for x^5 over this field. */
const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68]

/**
 * An instance of Poseidon in a form that is quick to compute: of the partial rounds, each has one constant and a matrix that
 * differs from the identity in its first row and column alone.
 */
export interface PoseidonParameters {
  readonly width: number
  /** Constants of the full rounds before and after the partial ones, one list for each round. */
  readonly before: readonly (readonly bigint[])[]
  readonly after: readonly (readonly bigint[])[]
  /** The matrix of full rounds, and of the last one before the partial rounds. */
  readonly full: Matrix
  readonly bridge: Matrix
  readonly partial: readonly PartialRound[]
}

export interface PartialRound {
  /** Added to the first word. */
  readonly constant: bigint
  /** The matrix's first row. */
  readonly row: readonly bigint[]
  /** Its first column, without the first element. */
  readonly column: readonly bigint[]
}

const known: PoseidonParameters[] = []

/** The instance for `width` words, 2 to 17, derived from its definition when it is first asked for. */
export function poseidonParameters(width: number): PoseidonParameters {
  known[width] ??= derive(width)
  return known[width]
}

function derive(width: number): PoseidonParameters {
  const partialRounds = PARTIAL_ROUNDS[width - 2]!
  const { constants, full } = definition(width, partialRounds)
  const half = FULL_ROUNDS / 2
  const { rounds, rest } = gatherConstants(constants.slice(half, half + partialRounds), full)
  const [firstAfter, ...after] = constants.slice(half + partialRounds)
  const { bridge, sparse } = factor(full, partialRounds)
  return {
    width,
    before: constants.slice(0, half),
    after: [firstAfter!.map((constant, i) => (constant + rest[i]!) % FIELD), ...after],
    full,
    bridge,
    partial: sparse.map((matrix, i) => ({ constant: rounds[i]!, ...matrix })),
  }
}

/** Constants of all rounds, and the Cauchy matrix of all rounds, as the paper's generator gives them. */
function definition(width: number, partialRounds: number): { constants: bigint[][]; full: Matrix } {
  // A prime field (1), S-box x^alpha (0), and the sizes.
  const sizes = [[width, 12] as const, [FULL_ROUNDS, 10] as const, [partialRounds, 10] as const]
  const grain = new Grain([[1, 2], [0, 4], [FIELD_BITS, 12], ...sizes])
  const element = () => {
    for (;;) {
      const candidate = grain.integer(FIELD_BITS)
      if (candidate < FIELD) return candidate
    }
  }
  const row = (of: () => bigint) => Array.from({ length: width }, of)
  const constants = Array.from({ length: FULL_ROUNDS + partialRounds }, () => row(element))
  const reduced = () => grain.integer(FIELD_BITS) % FIELD
  const [xs, ys] = [row(reduced), row(reduced)]
  return { constants, full: xs.map((x) => invertAll(ys.map((y) => x + y))) }
}

/**
 * Of a partial round's constants all but the first pass its S-box untouched, so they are added after its matrix instead,
 * with those of the next round. What the last round leaves over is for the full round after it.
 */
function gatherConstants(constants: readonly (readonly bigint[])[], full: Matrix) {
  let rest: readonly bigint[] = full.map(() => 0n)
  const rounds = constants.map((own) => {
    const [first, ...others] = own.map((constant, i) => (constant + rest[i]!) % FIELD)
    rest = timesColumn(full, [0n, ...others])
    return first!
  })
  return { rounds, rest }
}

/**
 * With M = [[m, v], [w, H]] and D(X) = [[1, 0], [0, X]]: D(H^k) M = [[m, v H^-(k+1)], [H^k w, I]] D(H^(k+1)), and D passes a
 * partial round's S-box and constant. So the k-th partial round from the last gets that sparse matrix, and what is left,
 * D(H^n) M for n rounds, is the matrix of the full round before.
 */
function factor(full: Matrix, partialRounds: number) {
  const [m, ...v] = full[0]!
  const corner = full.slice(1).map(([, ...row]) => row)
  const inverseCorner = inverse(corner)
  let row = v
  let column = full.slice(1).map(([first]) => first!)
  const sparse = Array.from({ length: partialRounds }, () => {
    row = rowTimes(row, inverseCorner)
    const matrix = { row: [m!, ...row], column }
    column = timesColumn(corner, column)
    return matrix
  })
  const below = matrixPower(corner, partialRounds + 1)
  const bridge = [full[0]!, ...below.map((row, i) => [column[i]!, ...row])]
  return { bridge, sparse: sparse.reverse() }
}
