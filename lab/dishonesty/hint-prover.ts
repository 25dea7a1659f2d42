import { isDeepStrictEqual } from 'node:util'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { Symbols } from '../../circom/symbols.ts'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { applyBatchUnchecked, type Transition } from '../../protocol/ledger.ts'
import { stateRoot } from '../../protocol/state.ts'
import { compileCached, harnessOf, shippedHarness, type TestCircuit } from '../circuits/harness.ts'
import { reopen, worstLosses } from './dishonest-prover.ts'
import { lyingCalculator } from './lying-calculator.ts'

/** Inputs that take other values than the honest ones. */
export type HintLie = Readonly<Record<string, InputValue>>

/** What comes of a lie: refused, or accepted with this new state root. */
export type HintOutcome = 'refused' | { readonly newStateRoot: bigint }

/** Whatever may depend on what a prover adapts to a lie: the paths of the accounts, worstLoss, and the root. */
const ADAPTED = /^main\.(accountChildren|worstLoss|update|roots|margin|Hash|newRoot|newStateRoot)/

/**
 * A prover of the shipped trade-batch who gives dishonest hints, computes all that follows from them, opens the account tree
 * as it then stands and claims the root that comes out. Faster than `dishonestProver`: it stops at the first constraint that
 * no adaptation can mend.
 */
export async function hintProver() {
  const definition = tradeBatch as TestCircuit
  const files = await compileCached(definition, { optimization: 'O0', inspect: true })
  const { r1cs: full, symbols } = await harnessOf(definition, files)
  const shipped = await shippedHarness(definition)
  const unchecked = await lyingCalculator(definition, files.sym, { lies: false })
  const isAdaptable = adaptableRows(shipped.r1cs, shipped.symbols)
  const label = (name: string) => full.labelOf[symbols.wireOf(name)!]!
  const claimed = label('main.newStateRoot')

  return {
    honestInput: (batch: Transition) => tradeBatch.buildInput(tradeBatchStatement(batch), batch, 'small'),
    try(batch: Transition, honest: CircuitInput, lie: HintLie): HintOutcome {
      const input = { ...honest, ...lie }
      let value = unchecked.evaluate(input)
      const signal = (name: string) => value(label(name))
      const witness = () => {
        const root = signal('main.newRoot')
        return Array.from(shipped.r1cs.labelOf, (at) => (at === 0 ? 1n : at === claimed ? root : value(at)))
      }
      const first = witness()
      const [early] = findBrokenConstraints(shipped.r1cs, first, { limit: 1 })
      if (early === undefined) return { newStateRoot: signal('main.newRoot') }
      if (!isAdaptable[early]) return 'refused'
      if (findBrokenConstraints(shipped.r1cs, first, { limit: Infinity }).some((row) => !isAdaptable[row]))
        return 'refused'
      const adapted = { accountChildren: reopen(batch.before, input, signal), worstLoss: worstLosses(signal) }
      const changed = Object.entries(adapted).filter(
        ([name, to]) => !(name in lie) && !isDeepStrictEqual(to, input[name]),
      )
      if (changed.length === 0) return 'refused'
      value = unchecked.evaluate({ ...input, ...Object.fromEntries(changed) })
      if (findBrokenConstraints(shipped.r1cs, witness(), { limit: 1 }).length > 0) return 'refused'
      return { newStateRoot: signal('main.newRoot') }
    },
  }
}

function adaptableRows(r1cs: R1cs, symbols: Symbols): Uint8Array {
  const wires = Array.from({ length: r1cs.nWires }, (_, wire) => symbols.names(wire).some((name) => ADAPTED.test(name)))
  return Uint8Array.from({ length: r1cs.nConstraints }, (_, row) => {
    for (let at = r1cs.offsets[3 * row]!; at < r1cs.offsets[3 * row + 3]!; at++) if (wires[r1cs.wires[at]!]) return 1
    return 0
  })
}

/**
 * The roots that a batch may come to: its own, and, where every account slot is touched while an order is in hand, those of
 * pausing there (protocol.md#pause).
 */
export function legalRoots(batch: Transition): ReadonlySet<bigint> {
  const roots = new Set([stateRoot(batch.after)])
  const { before, messages, context } = batch
  for (let steps = 1; steps < batch.steps.length; steps++) {
    const shorter = { ...context, sizes: { ...context.sizes, steps } }
    try {
      const paused = applyBatchUnchecked(before, messages, shorter, { signatures: false, messageChain: true })
      const inHand = paused.after.books.get(context.market)!.hand !== undefined
      if (inHand && paused.touched.length === context.sizes.accounts) roots.add(stateRoot(paused.after))
    } catch {
      // the messages do not fit into so few steps
    }
  }
  return roots
}
