import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { circuitsDirectory } from '../../circom/paths.ts'
import { STATE_MOVE_SIGNALS } from '../../circuits/state/statement.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { hashAccount } from '../../protocol/account.ts'
import { type CashBatch, HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import { childrenBelowTop, Tree } from '../../protocol/tree.ts'
import { compileCached } from '../circuits/compile-cached.ts'
import { assertBreaks, describeRows, harnessOf, type Rule, tellObservers } from '../circuits/harness.ts'
import { inputWires, wireOf, writtenWires } from '../circuits/named-system.ts'
import { CASH_VENUE, cashCircuit, cashInput } from '../instances/cash.ts'
import { traceDefinition } from '../tracing/traced-circuit.ts'
import { adaptationsOf } from './adaptations.ts'
import { Assignments } from './assignments.ts'
import type { Forgery } from './dishonest-prover.ts'
import { type Assignment, LyingProver } from './lying-prover.ts'
import { programOf } from './program.ts'

/** What a prover of cash-batch says that is not so: other inputs, and values of inner signals by their names. */
export interface CashDishonesty {
  readonly forge?: Forgery
  readonly lies?: Readonly<Record<string, bigint>>
}

export interface CashAttempt {
  readonly broken: readonly string[]
  /** Whether the circuit, fully simplified, accepts it. */
  shippedAccepts(): boolean
  signal(name: string): bigint
}

/** Constraints that are described: more say nothing new. */
const MOST_DESCRIBED = 64

/** Inputs that follow from all others: a prover makes them fit, unless they are forged. */
const ADAPTED = [...STATE_MOVE_SIGNALS, 'worstLoss'] as readonly string[]

/**
 * A prover of cash-batch that does whatever it takes: it computes all that follows from its forged inputs and lies, opens the
 * account tree along the way as it then stands, and publishes the words that come out.
 */
export async function dishonestCashProver() {
  const definition = cashCircuit(CASH_VENUE)
  const { system, attribution } = await traceDefinition({ definition, sourceRoots: [circuitsDirectory()] })
  const shipped = await harnessOf(definition, await compileCached(definition, { optimization: 'O2' }))
  const prover = new LyingProver(system.r1cs, programOf(system, attribution, adaptationsOf(definition.name, system)))
  const shippedWires = writtenWires(system.r1cs, shipped.r1cs)
  const isGiven = (wire: number) => prover.program.writer[wire] === -1
  const plain = new Assignments(
    (inputs) => prover.assign(inputs),
    (nearest, inputs) => prover.advance(nearest, inputs),
  )
  const adapted = new Assignments(
    (inputs) => prover.adapt(inputs),
    (nearest, inputs) => prover.advance(nearest, new Map([...inputs].filter(([wire]) => isGiven(wire)))),
  )

  const starts = new WeakMap<CashBatch, Assignment>()
  /** What follows from the inputs that the model makes, and the words that come out published. */
  function start(transition: CashBatch, honest: CircuitInput): Assignment {
    const known = starts.get(transition)
    if (known !== undefined) return known
    const made = adapted.make(inputWires(system, honest))
    starts.set(transition, made)
    return made
  }

  /** Without dishonesty the inputs are taken as they are, the words that the model publishes too. */
  function attempt(transition: CashBatch, dishonesty?: CashDishonesty): CashAttempt {
    const { forge = {}, lies = {} } = dishonesty ?? {}
    const honest = cashInput(transition)
    const forged = Object.fromEntries(
      Object.entries(forge).map(([name, change]): [string, InputValue] => {
        if (!(name in honest)) throw new Error(`no input ${name}`)
        return [name, typeof change === 'function' ? change(honest[name] as never) : change]
      }),
    )
    const from = dishonesty === undefined ? plain.make(inputWires(system, honest)) : start(transition, honest)
    let made = from
    const signal = (name: string) => made.values[wireOf(system, name)]!
    if (dishonesty !== undefined) {
      const input = { ...honest, ...forged }
      const insisted = Object.entries(input).filter(([name]) => name in forged || !ADAPTED.includes(name))
      const told = inputWires(system, Object.fromEntries(insisted))
      for (const [name, value] of Object.entries(lies)) told.set(wireOf(system, name), value)
      made = prover.advance(from, told)
      const paths = Object.entries(reopen(transition, input, signal)).filter(([name]) => !(name in forged))
      made = prover.advance(made, new Map([...told, ...inputWires(system, Object.fromEntries(paths))]))
    }
    tellObservers(system.r1cs, (wire) => made.values[wire]!, made.broken)
    return {
      broken: describeRows(system, made.broken.slice(0, MOST_DESCRIBED)),
      shippedAccepts() {
        const witness = shippedWires.map((wire) => made.values[wire]!)
        return findBrokenConstraints(shipped.r1cs, witness, { limit: 1 }).length === 0
      },
      signal,
    }
  }

  /** The honest witness passes: else an attack on it shows nothing. */
  function expectHonest(transition: CashBatch): void {
    const { broken, shippedAccepts } = attempt(transition)
    if (broken.length > 0) throw new Error(`the honest witness breaks ${broken.join('\n')}`)
    if (!shippedAccepts()) throw new Error('the shipped circuit refuses the honest witness')
  }

  return {
    shipped,
    attempt,
    expectHonest,
    /** The dishonest witness breaks constraints, only such as are about the rule, and the shipped circuit refuses it too. */
    refuses(transition: CashBatch, dishonesty: CashDishonesty, rule: Rule): CashAttempt {
      const made = attempt(transition, dishonesty)
      assertBreaks(made.broken, rule)
      if (made.shippedAccepts()) throw new Error('the shipped circuit accepts a false statement')
      return made
    },
  }
}

/** The paths of the accounts as the tree stands when each is opened, given what the slots before it were made to. */
function reopen(
  { before }: CashBatch,
  input: CircuitInput,
  signal: (name: string) => bigint,
): Pick<CircuitInput, 'accountChildren' | 'houseChildren'> {
  let tree = new Tree<{ digest: bigint }>(CASH_VENUE.accountLevels, ({ digest }) => digest)
  for (const [index, account] of before.accounts.entries()) tree = tree.set(index, { digest: hashAccount(account) })
  const given = input.accountChildren as readonly InputValue[]
  const accountChildren = given.map((children, n) => {
    const index = Number((input.account as readonly bigint[])[n])
    if (signal(`slot[${n}].is.used`) !== 1n || index >= tree.capacity) return children
    const path = childrenBelowTop(tree.path(index).children)
    tree = tree.set(index, { digest: signal(`slot[${n}].path.newLeaf`) })
    return path
  })
  const houseChildren = input.sweeps === 1n ? childrenBelowTop(tree.path(HOUSE).children) : input.houseChildren!
  return { accountChildren, houseChildren }
}
