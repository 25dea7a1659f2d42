import { isDeepStrictEqual } from 'node:util'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { hashAccount } from '../../protocol/account.ts'
import type { Transition } from '../../protocol/ledger.ts'
import { fromField, max, toField } from '../../protocol/numbers.ts'
import type { State } from '../../protocol/state.ts'
import { Tree } from '../../protocol/tree.ts'
import {
  assertBreaks,
  compileCached,
  describeBroken,
  harnessOf,
  type Rule,
  shippedHarness,
  type TestCircuit,
} from '../circuits/harness.ts'
import { SMALL } from '../instances/model.ts'
import { type Lie, lyingCalculator } from './lying-calculator.ts'

const definition = tradeBatch as TestCircuit

/** Changes to some inputs: a value, or what is made of the honest one. */
export type Forgery = Readonly<Record<string, InputValue | ((honest: never) => InputValue)>>

export interface Dishonesty {
  /** Inputs that are not the honest ones. */
  readonly forge?: Forgery
  /** Signals that take a value of the prover's choice; what follows from them follows. */
  readonly lies?: readonly Lie[]
}

/** What a dishonest prover comes to: the root it would have accepted, and the constraints in its way. */
export interface Attempt {
  readonly newStateRoot: bigint
  readonly broken: readonly string[]
  /** Whether the circuit as shipped, fully simplified, accepts it. */
  shippedAccepts(): boolean
  /** Whether the statement is the honest one. */
  readonly isTrue: boolean
  /** The value of any signal, by its name. */
  signal(name: string): bigint
}

/**
 * A prover of trade-batch that does whatever it takes: it computes all that follows from its forged inputs and lies, opens the
 * account tree along the way as it then stands, and claims the state root that comes out.
 */
export async function dishonestProver() {
  const files = await compileCached(definition, { optimization: 'O0', inspect: true })
  const { r1cs, symbols } = await harnessOf(definition, files)
  const shipped = await shippedHarness(definition)
  const liar = await lyingCalculator(definition, files.sym, { lies: true })
  const label = (name: string) => {
    const wire = symbols.wireOf(name)
    if (wire === undefined) throw new Error(`no signal ${name}`)
    return r1cs.labelOf[wire]!
  }

  const checked = new WeakSet<Transition>()

  function attempt(transition: Transition, dishonesty: Dishonesty = {}): Attempt {
    const { forge = {}, lies = [] } = dishonesty
    const honest = tradeBatch.buildInput(tradeBatchStatement(transition), transition, 'small')
    const forged = Object.entries(forge).map(([name, change]) => {
      if (!(name in honest)) throw new Error(`no input ${name}`)
      return [name, typeof change === 'function' ? change(honest[name] as never) : change]
    })
    const input: CircuitInput = { ...honest, ...Object.fromEntries(forged) }
    let value = liar.evaluate(input, lies)
    const signal = (name: string) => value(label(name))
    if (Object.keys(dishonesty).length > 0) {
      const adapted = {
        accountChildren: reopen(transition.before, input, signal),
        worstLoss: worstLosses(signal),
      }
      const free = Object.entries(adapted).filter(([name]) => !(name in forge))
      const changed = free.filter(([name, inputs]) => !isDeepStrictEqual(inputs, input[name]))
      if (changed.length > 0) value = liar.evaluate({ ...input, ...Object.fromEntries(changed) }, lies)
    }
    const newStateRoot = signal('main.newRoot')
    const claimed = label('main.newStateRoot')
    const claims = !('newStateRoot' in forge)
    const witnessOf = ({ labelOf }: typeof r1cs) =>
      Array.from(labelOf, (at) => (claims && at === claimed ? newStateRoot : at === 0 ? 1n : value(at)))
    return {
      newStateRoot,
      broken: describeBroken(r1cs, symbols, witnessOf(r1cs)),
      shippedAccepts: () => findBrokenConstraints(shipped.r1cs, witnessOf(shipped.r1cs), { limit: 1 }).length === 0,
      isTrue: newStateRoot === honest.newStateRoot && !tradeBatch.publicSignals.some((name) => name in forge),
      signal,
    }
  }

  /** The honest witness satisfies everything and comes to the model's root: else an attack on it shows nothing. */
  function expectHonest(transition: Transition): void {
    if (checked.has(transition)) return
    const { broken, newStateRoot, shippedAccepts } = attempt(transition)
    const { newStateRoot: expected } = tradeBatchStatement(transition)
    if (broken.length > 0) throw new Error(`the honest witness breaks ${broken.join('\n')}`)
    if (newStateRoot !== expected) throw new Error('the circuit comes to another root than the model')
    if (!shippedAccepts()) throw new Error('the shipped circuit refuses the honest witness')
    checked.add(transition)
  }

  return {
    r1cs,
    symbols,
    signals: liar.signals,
    attempt,
    expectHonest,
    /**
     * The honest witness passes; the dishonest one breaks constraints, only such as are about the rule, and the shipped circuit
     * refuses it too, unless it is a true statement and simplification took the bad input away (what follows from the rest).
     */
    refuses(transition: Transition, dishonesty: Dishonesty, rule: Rule): Attempt {
      expectHonest(transition)
      const made = attempt(transition, dishonesty)
      assertBreaks(made.broken, rule)
      if (!made.isTrue && made.shippedAccepts()) throw new Error('the shipped circuit accepts a false statement')
      return made
    },
  }
}

export type DishonestProver = Awaited<ReturnType<typeof dishonestProver>>

/** Puts a value at one place of an input array. */
export function put(at: number, value: bigint) {
  return (honest: readonly bigint[]) => honest.with(at, value)
}

/** Which account slot an account has in the batch. */
export function slotOf({ touched }: Transition, account: number): bigint {
  return BigInt(touched.findIndex(({ index }) => index === account))
}

/** The hints that the margin rule needs for the positions that came out. */
export function worstLosses(signal: (name: string) => bigint): InputValue {
  return Array.from({ length: SMALL.accounts }, (_, t) => {
    const losses = Array.from({ length: SMALL.scenarios }, (_, s) =>
      fromField(signal(`main.margin[${t}].value.portfolio.loss[${s}]`)),
    )
    return toField(losses.reduce(max))
  })
}

/** The account slots' paths as the tree stands when each is opened, given what the slots before it were made to. */
export function reopen(before: State, input: CircuitInput, signal: (name: string) => bigint): InputValue {
  let tree = new Tree<{ digest: bigint }>(SMALL.accountLevels, ({ digest }) => digest)
  for (const [index, account] of before.accounts.entries()) tree = tree.set(index, { digest: hashAccount(account) })
  return (input.accountChildren as readonly InputValue[]).map((given, t) => {
    if (signal(`main.enabled[${t}]`) !== 1n) return given
    const index = Number((input.index as readonly bigint[])[t])
    if (index >= tree.capacity) return given
    const { children } = tree.path(index)
    tree = tree.set(index, { digest: signal(`main.update[${t}].path.newLeaf`) })
    return children
  })
}
