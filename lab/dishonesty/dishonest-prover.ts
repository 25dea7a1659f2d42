import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { circuitsDirectory } from '../../circom/paths.ts'
import { STATE_MOVE_SIGNALS } from '../../circuits/state/statement.ts'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import { tradeBatchArguments, tradeBatchInput, tradeBatchShapes } from '../../circuits/trade-batch/input.ts'
import type { InputValue } from '../../circuits/types.ts'
import { hashAccount } from '../../protocol/account.ts'
import type { State } from '../../protocol/state.ts'
import { accountSlots, inSlots } from '../../protocol/trade-batch/account-slots.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { tradeWordCount } from '../../protocol/trade-batch/words.ts'
import { childrenBelowTop, Tree } from '../../protocol/tree.ts'
import { compileCached } from '../circuits/compile-cached.ts'
import {
  assertBreaks,
  describeRows,
  harnessOf,
  type Rule,
  shippedHarness,
  type TestCircuit,
  tellObservers,
} from '../circuits/harness.ts'
import { inputWires, wireOf, writtenWires } from '../circuits/named-system.ts'
import { SMALL, type TestVenue } from '../instances/model.ts'
import { traceDefinition } from '../tracing/traced-circuit.ts'
import { adaptationsOf } from './adaptations.ts'
import { Assignments } from './assignments.ts'
import { laboratoryOf } from './laboratory.ts'
import { type Lie, signalFinder } from './lie.ts'
import { type Assignment, LyingProver } from './lying-prover.ts'
import { programOf } from './program.ts'

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
  /** The words that it would publish. */
  readonly words: readonly bigint[]
  /** The value of any signal, by its name. */
  signal(name: string): bigint
}

/** Broken constraints that are described: more say nothing new. */
const MOST_DESCRIBED = 64

/** Inputs that follow from all others: a prover makes them fit, unless they are forged. */
const ADAPTED = ['worstLoss', ...STATE_MOVE_SIGNALS]

/**
 * A prover of trade-batch that does whatever it takes: it computes all that follows from its forged inputs and lies, opens the
 * account tree along the way as it then stands, and publishes the words that come out.
 */
export async function dishonestProver(venue: TestVenue = SMALL) {
  const { traced, prover, shipped } = await (venue === SMALL ? ofProduct() : ofVenue(venue))
  const { system } = traced
  const { r1cs, symbols } = system
  const shippedWires = writtenWires(r1cs, shipped.r1cs)
  const findSignal = signalFinder(traced)
  const wordNames = Array.from({ length: tradeWordCount(accountSlots(venue)) }, (_, i) => `words.words[${i}]`)

  const honestInput = (transition: TradeBatch) => tradeBatchInput(tradeBatchStatement(transition), transition, venue)

  const assignments = new Assignments(
    (inputs) => prover.assign(inputs),
    (nearest, inputs) => prover.advance(nearest, inputs),
  )
  const starts = new WeakMap<TradeBatch, Assignment>()
  /** What follows from the inputs that the model makes: honest, unless the transition itself is not legal. */
  function start(transition: TradeBatch): Assignment {
    const known = starts.get(transition)
    if (known !== undefined) return known
    const inputs = inputWires(system, honestInput(transition))
    const made = assignments.make(inputs)
    starts.set(transition, made)
    return made
  }

  function attempt(transition: TradeBatch, { forge = {}, lies = [] }: Dishonesty = {}): Attempt {
    const honest = honestInput(transition)
    const forged = Object.entries(forge).map(([name, change]): [string, InputValue] => {
      if (!(name in honest)) throw new Error(`no input ${name}`)
      return [name, typeof change === 'function' ? change(honest[name] as never) : change]
    })
    const from = start(transition)
    let made = from
    const signal = (name: string) => made.values[wireOf(system, name)]!
    if (forged.length > 0 || lies.length > 0) {
      const input = { ...honest, ...Object.fromEntries(forged) }
      const insisted = Object.entries(input).filter(([name]) => name in forge || !ADAPTED.includes(name))
      const told = inputWires(system, Object.fromEntries(insisted))
      for (const lie of lies) told.set(findSignal(lie), lie.value)
      made = prover.advance(from, told)
      if (!('accountChildren' in forge)) {
        const accountChildren = reopen(transition.before, input, signal, venue)
        made = prover.advance(made, new Map([...told, ...inputWires(system, { accountChildren })]))
      }
    }
    const { values, broken } = made
    tellObservers(r1cs, (wire) => values[wire]!, broken, traced.name)
    const newStateRoot = signal('newRoot')
    return {
      newStateRoot,
      broken: describeRows(system, broken.slice(0, MOST_DESCRIBED)),
      shippedAccepts() {
        const witness = shippedWires.map((wire) => values[wire]!)
        return findBrokenConstraints(shipped.r1cs, witness, { limit: 1 }).length === 0
      },
      isTrue: STATE_MOVE_SIGNALS.every((name) => signal(name) === honest[name]),
      words: wordNames.map(signal),
      signal,
    }
  }

  const checked = new WeakSet<TradeBatch>()
  let isShippedTried = false
  /**
   * The honest witness satisfies everything and comes to the model's root: else an attack on it shows nothing. That the shipped
   * circuit has the same solutions is tested elsewhere; here it is tried once that its wires are found.
   */
  function expectHonest(transition: TradeBatch): void {
    if (checked.has(transition)) return
    const { broken, newStateRoot, shippedAccepts } = attempt(transition)
    const { newStateRoot: expected } = tradeBatchStatement(transition)
    if (broken.length > 0) throw new Error(`the honest witness breaks ${broken.join('\n')}`)
    if (newStateRoot !== expected) throw new Error('the circuit comes to another root than the model')
    if (!isShippedTried && !shippedAccepts()) throw new Error('the shipped circuit refuses the honest witness')
    isShippedTried = true
    checked.add(transition)
  }

  return {
    r1cs,
    symbols,
    honestInput,
    attempt,
    expectHonest,
    /**
     * The honest witness passes; the dishonest one breaks constraints, only such as are about the rule, and the shipped circuit
     * refuses it too, unless it is a true statement and simplification took the bad input away (what follows from the rest).
     */
    refuses(transition: TradeBatch, dishonesty: Dishonesty, rule: Rule): Attempt {
      expectHonest(transition)
      const made = attempt(transition, dishonesty)
      assertBreaks(made.broken, rule)
      if (!made.isTrue && made.shippedAccepts()) throw new Error('the shipped circuit accepts a false statement')
      return made
    },
  }
}

async function ofProduct() {
  return { ...(await laboratoryOf('trade-batch')), shipped: await shippedHarness(tradeBatch as TestCircuit) }
}

/** TradeBatch of another venue than the product's. */
async function ofVenue(venue: TestVenue) {
  const definition: TestCircuit = {
    ...(tradeBatch as TestCircuit),
    name: `trade-batch-${venue.name}`,
    templateArguments: () => tradeBatchArguments(venue),
    inputShapes: () => tradeBatchShapes(venue),
  }
  const traced = await traceDefinition({ definition, sourceRoots: [circuitsDirectory()] })
  const adaptations = adaptationsOf(definition.name, traced.system)
  const prover = new LyingProver(traced.system.r1cs, programOf(traced.system, traced.attribution, adaptations))
  return {
    traced,
    prover,
    shipped: await harnessOf(definition, await compileCached(definition, { optimization: 'O2' })),
  }
}

export type DishonestProver = Awaited<ReturnType<typeof dishonestProver>>

/** Puts a value at one place of an input array. */
export function put(at: number, value: bigint) {
  return (honest: readonly bigint[]) => honest.with(at, value)
}

/** Which account slot an account has in the batch. */
export function slotOf(batch: TradeBatch, account: number): bigint {
  return BigInt(inSlots(batch).findIndex(({ index }) => index === account))
}

/** The account slots' paths as the tree stands when each is opened, given what the slots before it were made to. */
function reopen(
  before: State,
  input: Readonly<Record<string, InputValue>>,
  signal: (name: string) => bigint,
  { accountLevels }: TestVenue,
): InputValue {
  let tree = new Tree<{ digest: bigint }>(accountLevels, ({ digest }) => digest)
  for (const [index, account] of before.accounts.entries()) tree = tree.set(index, { digest: hashAccount(account) })
  return (input.accountChildren as readonly InputValue[]).map((given, t) => {
    if (signal(`enabled[${t}]`) !== 1n) return given
    const index = Number((input.index as readonly bigint[])[t])
    if (index >= tree.capacity) return given
    const { children } = tree.path(index)
    tree = tree.set(index, { digest: signal(`newLeaf[${t}]`) })
    return childrenBelowTop(children)
  })
}
