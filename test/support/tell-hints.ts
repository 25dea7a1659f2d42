import assert from 'node:assert/strict'
import type { DishonestProver } from '../../lab/dishonesty/dishonest-prover.ts'
import { type ForgedHints, legalRoots } from '../../lab/dishonesty/hint-lies.ts'
import { stateRoot } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'

/** The root that the shipped circuit accepts with these hints; 'refused' if none. */
export function rootWith({ attempt }: DishonestProver, batch: TradeBatch, lie: ForgedHints): bigint | 'refused' {
  const { newStateRoot, shippedAccepts } = attempt(batch, { forge: lie })
  return shippedAccepts() ? newStateRoot : 'refused'
}

/**
 * Asserts of each lie that it is refused, or comes to the honest root, as lies do about what nothing reads or where several
 * values serve; and of the honest hints that they pass. Returns how many lies were refused.
 */
export function tellHints(prover: DishonestProver, batch: TradeBatch, lies: readonly ForgedHints[]): number {
  assert.equal(rootWith(prover, batch, {}), stateRoot(batch.after), 'the honest hints')
  const legal = legalRoots(batch)
  let refused = 0
  for (const lie of lies) {
    const root = rootWith(prover, batch, lie)
    if (root === 'refused') {
      refused++
      continue
    }
    const what = Object.entries(lie).map(([name, to]) => `${name} = ${to}`)
    assert.ok(legal.has(root), `another root by ${what.join(', ')}`)
  }
  return refused
}
