import assert from 'node:assert/strict'
import { type HintLie, type hintProver, legalRoots } from '../../lab/dishonesty/hint-prover.ts'
import type { Transition } from '../../protocol/ledger.ts'
import { stateRoot } from '../../protocol/state.ts'

/**
 * Asserts of each lie that it is refused, or comes to the honest root, as lies do about what nothing reads or where several
 * values serve; and of the honest hints that they pass. Returns how many lies were refused.
 */
export function tellHints(
  prover: Awaited<ReturnType<typeof hintProver>>,
  batch: Transition,
  lies: readonly HintLie[],
): number {
  const honest = prover.honestInput(batch)
  assert.deepEqual(prover.try(batch, honest, {}), { newStateRoot: stateRoot(batch.after) }, 'the honest hints')
  const legal = legalRoots(batch)
  let refused = 0
  for (const lie of lies) {
    const made = prover.try(batch, honest, lie)
    if (made === 'refused') {
      refused++
      continue
    }
    const what = Object.entries(lie).map(([name, to]) => `${name} = ${to}`)
    assert.ok(legal.has(made.newStateRoot), `another root by ${what.join(', ')}`)
  }
  return refused
}
