import type { R1cs } from '../../circom/r1cs.ts'
import { CHALLENGE_DIGITS, CHALLENGE_OFFSET } from '../../protocol/crypto/challenge.ts'
import { invert, reduce } from '../../protocol/field.ts'
import type { NamedSystem } from '../circuits/named-system.ts'
import type { Origin } from '../tracing/attribution.ts'
import { bitSums } from '../tracing/bit-sums.ts'
import { TEMPLATE_HINTS } from './template-hints.ts'

/** What `<--` computes. */
export interface Hint {
  readonly from: readonly number[]
  readonly to: readonly number[]
  compute(value: (wire: number) => bigint): readonly bigint[]
}

/** What `<--` assigns so that a `===` of the same template, in which it comes first, leaves one value for it, by template. */
const SOLVED: Readonly<Record<string, readonly string[]>> = {
  AssertAtMost: ['quotient'],
  DoubleAdd: ['toQ', 'toSum'],
}

/** Whether a `===` is there to determine the signal with that name. */
export function isSolvedBy({ instruction, instance, target }: Origin, signal: string): boolean {
  const local = /^\w+/.exec(signal.slice(instance.length + 1))![0]
  const first = /\w+/.exec(instruction.text)![0]
  return target === undefined && first === local && (SOLVED[instruction.template]?.includes(local) ?? false)
}

/** The hints of a system that no single constraint determines: bits, inverses, one-hot vectors, quotients and digits. */
export function hintsOf({ r1cs, symbols }: NamedSystem, origins: readonly (Origin | undefined)[]): Hint[] {
  const hints: Hint[] = []
  const instances = new Map<string, string>()
  for (let row = 0; row < r1cs.nConstraints; row++) {
    const origin = origins[row]
    if (origin === undefined) {
      const sum = bitSums(r1cs, row)
      if (sum === undefined) continue
      const { number, bits } = sum
      hints.push({
        from: [number],
        to: bits,
        compute: (value) => bits.map((_, i) => (value(number) >> BigInt(i)) & 1n),
      })
    } else if (Object.hasOwn(TEMPLATE_HINTS, origin.instruction.template)) {
      instances.set(origin.instance, origin.instruction.template)
    } else if (['OneHot', 'DivideUp', 'TimesChallenge'].includes(origin.instruction.template)) {
      instances.set(origin.instance, origin.instruction.template)
      if (origin.instruction.text.startsWith('signal slack <==')) hints.push(quotient(r1cs, row, origin.target!))
    }
  }
  for (let wire = 1; wire < r1cs.nWires; wire++) {
    const name = symbols.names(wire)[0]!
    if (!name.endsWith('.inv')) continue
    const from = symbols.wireOf(name.replace(/inv$/, 'in'))!
    const compute = (value: (wire: number) => bigint) => [value(from) === 0n ? 0n : invert(value(from))]
    hints.push({ from: [from], to: [wire], compute })
  }
  for (const [instance, template] of instances) {
    const arrayOf = (name: string) => {
      const wires: number[] = []
      for (let wire = symbols.wireOf(`${instance}.${name}[0]`); wire !== undefined; ) {
        wire = symbols.wireOf(`${instance}.${name}[${wires.push(wire)}]`)
      }
      return wires
    }
    const signals = { path: instance, wire: (name: string) => symbols.wireOf(`${instance}.${name}`)!, wires: arrayOf }
    for (const hint of TEMPLATE_HINTS[template] ?? []) {
      const from = hint.from(signals)
      hints.push({ from, to: hint.to(signals), compute: (value) => hint.compute(from.map(value), instance) })
    }
    if (template === 'TimesChallenge') {
      const [h, v] = ['h', 'key[1]'].map((name) => symbols.wireOf(`${instance}.${name}`)!) as [number, number]
      hints.push(challengeDigits(h, v, arrayOf('digit')))
    }
    if (template !== 'OneHot') continue
    const from = ['index', 'enabled'].map((name) => symbols.wireOf(`${instance}.${name}`)!)
    const to = arrayOf('out')
    const compute = (value: (wire: number) => bigint) =>
      to.map((_, i) => (value(from[0]!) === BigInt(i) ? value(from[1]!) : 0n))
    hints.push({ from, to, compute })
  }
  return hints
}

/** The digits of a challenge, as multiples of the v of the key. */
function challengeDigits(h: number, v: number, to: readonly number[]): Hint {
  return {
    from: [h, v],
    to,
    compute(value) {
      const number = value(h) + CHALLENGE_OFFSET
      return Array.from({ length: CHALLENGE_DIGITS }, (_, k) =>
        (number >> BigInt(k)) & 1n ? value(v) : reduce(-value(v)),
      )
    },
  }
}

/** `slack <== out * divisor - in` of DivideUp. */
function quotient({ offsets, wires, coefficientOf, coefficients, prime }: R1cs, row: number, slack: number): Hint {
  const scale = new Map<number, bigint>()
  for (let term = offsets[3 * row]!; term < offsets[3 * row + 3]!; term++) {
    scale.set(wires[term]!, coefficients[coefficientOf[term]!]!)
  }
  const sign = scale.get(slack) === 1n ? -1n : 1n
  const terms = [...scale].filter(([wire]) => wire !== slack)
  const signed = terms.map(([wire, coefficient]) => ({ wire, coefficient: (sign * coefficient + prime) % prime }))
  const dividend = signed.find(({ coefficient }) => coefficient === prime - 1n)!.wire
  const { wire, coefficient: divisor } = signed.find((one) => one.wire !== dividend)!
  return { from: [dividend], to: [wire], compute: (value) => [((value(dividend) + divisor - 1n) % prime) / divisor] }
}
