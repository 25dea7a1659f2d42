import { invert } from '../field.ts'
import { FIELD } from '../numbers.ts'

/** Rows of canonical field elements. */
export type Matrix = readonly (readonly bigint[])[]

/** matrix * column */
export function timesColumn(matrix: Matrix, column: readonly bigint[]): bigint[] {
  return matrix.map((row) => row.reduce((sum, x, i) => sum + x * column[i]!, 0n) % FIELD)
}

/** row * matrix */
export function rowTimes(row: readonly bigint[], matrix: Matrix): bigint[] {
  return row.map((_, j) => row.reduce((sum, x, i) => sum + x * matrix[i]![j]!, 0n) % FIELD)
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, i) => sum + x * b[i]![j]!, 0n) % FIELD))
}

/** matrix^exponent, for exponent >= 1. */
export function matrixPower(matrix: Matrix, exponent: number): Matrix {
  if (exponent === 1) return matrix
  const root = matrixPower(matrix, exponent >> 1)
  const square = product(root, root)
  return exponent & 1 ? product(square, matrix) : square
}

/** The inverse, by Gauss and Jordan. Throws INPUT_INVALID if there is none. */
export function inverse(matrix: Matrix): Matrix {
  const size = matrix.length
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1n : 0n))])
  for (let column = 0; column < size; column++) {
    const found = rows.findIndex((row, i) => i >= column && row[column] !== 0n)
    const pivotRow = rows[found] ?? rows[column]!
    ;[rows[Math.max(found, column)], rows[column]] = [rows[column]!, pivotRow]
    const scale = invert(pivotRow[column]!)
    const pivot = pivotRow.map((x) => (x * scale) % FIELD)
    rows.forEach((row, i) => {
      const factor = FIELD - row[column]!
      rows[i] = i === column ? pivot : row.map((x, j) => (x + factor * pivot[j]!) % FIELD)
    })
  }
  return rows.map((row) => row.slice(size))
}
