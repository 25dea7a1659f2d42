import type { CircuitDefinition } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { product } from './circuits/index.ts'

export interface ProductStatement {
  product: bigint
  square: bigint
  offset: bigint
}

export interface ProductWitness {
  left: bigint
  right: bigint
}

function checked(statement: ProductStatement): readonly bigint[] {
  const signals = [statement.product, statement.square, statement.offset]
  if (!signals.every((signal) => typeof signal === 'bigint' && signal >= 0n && signal < FIELD)) {
    throw new ZkclearError('STATEMENT_INVALID', 'must be three field elements')
  }
  return signals
}

/** The toy circuit `product` as a registry would hold it. */
export const PRODUCT: CircuitDefinition<'product', ProductStatement, ProductWitness> = {
  ...product,
  name: 'product',
  claim: 'I know two factors of a product, and the first plus the offset squares to the square.',
  inputShapes: () => ({ product: [], square: [], offset: [], left: [], right: [] }),
  encodeStatement: checked,
  decodeStatement([product, square, offset]) {
    const statement = { product: product!, square: square!, offset: offset! }
    checked(statement)
    return statement
  },
  buildInput: (statement, witness) => ({ ...statement, ...witness }),
}

/** An honest instance: left * right, (left + offset)^2. */
export function productInstance(left: bigint, right: bigint, offset = 7n) {
  const statement = { product: left * right, square: (left + offset) ** 2n, offset }
  return { statement, witness: { left, right } }
}
