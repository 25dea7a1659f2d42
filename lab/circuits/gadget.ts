import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { UncheckedCalculator } from '../../audit/unchecked-witness.ts'
import { createTamperCheck } from '../../circom/constraint-check.ts'
import { circuitsDirectory } from '../../circom/paths.ts'
import type { CircuitInput, InputShape } from '../../circuits/types.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { compileSystem } from './compile-cached.ts'
import { describeBroken, observedSystem, type TestCircuit, tellObservers } from './harness.ts'
import { wireOf } from './named-system.ts'
import { type Lie, uncheckedCircuit } from './unchecked.ts'

/** Where the mains of gadget tests lie, then the templates that they are about. */
export const GADGET_ROOTS = [
  dirname(fileURLToPath(import.meta.resolve('./templates/gadgets.circom'))),
  circuitsDirectory(),
]

/** One template of a file of templates/ as a circuit. */
export function gadgetDefinition(
  template: string,
  args: readonly number[],
  shapes: Readonly<Record<string, InputShape>>,
  source = 'gadgets.circom',
): TestCircuit {
  return {
    name: [template, ...args].join('-'),
    template,
    source,
    templateArguments: () => args,
    publicSignals: [],
    inputShapes: () => shapes,
  }
}

/** What the constraints say of one assignment. */
export interface Outcome {
  readonly accepted: boolean
  readonly broken: readonly string[]
  /** The value of a signal of the main component. */
  signal(name: string): bigint
}

/**
 * A gadget without simplification. `evaluate` computes what follows from the inputs, however wrong, and asks the constraints;
 * `changes` then puts other values on signals, nothing else following. `lying` is the same of a prover whose hints are lies.
 */
export async function gadget(
  template: string,
  args: readonly number[],
  shapes: Readonly<Record<string, InputShape>>,
  source?: string,
) {
  const definition = gadgetDefinition(template, args, shapes, source)
  const files = await compileSystem(definition, { optimization: 'O0', sourceRoots: GADGET_ROOTS })
  const { r1cs, symbols } = await observedSystem(definition, files)
  const honest = await uncheckedCircuit(definition, GADGET_ROOTS)
  const at = (name: string) => wireOf({ r1cs, symbols }, name)

  const evaluateBy =
    ({ witness: compute }: UncheckedCalculator) =>
    (input: CircuitInput, changes: Readonly<Record<string, bigint>> = {}): Outcome => {
      const witness = compute(r1cs, input)
      for (const [name, value] of Object.entries(changes)) witness[at(name)] = value
      const broken = describeBroken(r1cs, symbols, witness)
      return { accepted: broken.length === 0, broken, signal: (name) => witness[at(name)]! }
    }

  return {
    symbols,
    /** Every signal, by its first name. */
    names: Array.from({ length: r1cs.nWires - 1 }, (_, i) => symbols.names(i + 1)[0]!),
    evaluate: evaluateBy(honest),
    async lying(...lies: Lie[]) {
      return { evaluate: evaluateBy(await uncheckedCircuit(definition, GADGET_ROOTS, lies)) }
    },
    /** Names of the signals that some other value fits, all others being as they are. */
    freeSignals(input: CircuitInput): string[] {
      const witness = honest.witness(r1cs, input)
      const { brokenBy } = createTamperCheck(r1cs, witness)
      const free: string[] = []
      for (let wire = 1; wire < witness.length; wire++) {
        const honest = witness[wire]!
        const others = [(honest + 1n) % FIELD, 0n, 1n, 2n, FIELD - 1n, 0x123456789abcdefn].filter((x) => x !== honest)
        const isFree = others.some((value) => {
          const broken = brokenBy(new Map([[wire, value]]))
          tellObservers(r1cs, (each) => (each === wire ? value : witness[each]!), broken)
          return broken.length === 0
        })
        if (isFree) free.push(symbols.names(wire)[0]!)
      }
      return free
    },
  }
}

/** Values at which ranges begin and end, around 2^n and in the field. */
export function boundaries(n: number): bigint[] {
  const power = 1n << BigInt(n)
  const half = (FIELD - 1n) / 2n
  const values = [0n, 1n, 2n, power / 2n, power - 1n, power, power + 1n, 2n * power - 1n, 2n * power, half, half + 1n]
  const negative = [power + 1n, power, power - 1n, 2n, 1n].map((value) => FIELD - value)
  return [...new Set([...values, ...negative])].filter((value) => value >= 0n && value < FIELD)
}
