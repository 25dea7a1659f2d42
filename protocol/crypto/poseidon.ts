import { FIELD } from '../numbers.ts'
import type { Matrix } from './matrix.ts'
import { poseidonParameters } from './poseidon-parameters.ts'

/** Poseidon's digest of 1 to 16 canonical words, with a canonical capacity element, in plain integers. */
export function poseidonDigest(capacity: bigint, words: readonly bigint[]): bigint {
  return poseidonState(capacity, words)[0]!
}

/** All that the permutation makes of the capacity element and the words; the digest is the first. */
export function poseidonState(capacity: bigint, words: readonly bigint[]): readonly bigint[] {
  const { before, after, full, bridge, partial } = poseidonParameters(words.length + 1)
  let state: bigint[] = [capacity, ...words]
  for (const [round, constants] of before.entries()) {
    state = fullRound(state, constants, round === before.length - 1 ? bridge : full)
  }
  for (const { constant, row, column } of partial) {
    const first = fifthPower(state[0]! + constant)
    let sum = row[0]! * first
    for (let i = 1; i < state.length; i++) {
      sum += row[i]! * state[i]!
      state[i] = (state[i]! + column[i - 1]! * first) % FIELD
    }
    state[0] = sum % FIELD
  }
  for (const constants of after) state = fullRound(state, constants, full)
  return state
}

function fullRound(state: readonly bigint[], constants: readonly bigint[], matrix: Matrix): bigint[] {
  const powers = state.map((word, i) => fifthPower(word + constants[i]!))
  return matrix.map((row) => {
    let sum = 0n
    for (let i = 0; i < powers.length; i++) sum += row[i]! * powers[i]!
    return sum % FIELD
  })
}

function fifthPower(x: bigint): bigint {
  const square = (x * x) % FIELD
  return (((square * square) % FIELD) * x) % FIELD
}
