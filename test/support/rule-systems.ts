import type { Rule } from '../../audit/facts.ts'
import { FIELD } from '../../protocol/numbers.ts'

/** A system with one output; the inputs determine it by the rule, or they do not. */
export interface RuleCase {
  readonly inputs: readonly string[]
  readonly out: string
  readonly constraints: readonly string[]
}

/** A system whose output is free. */
export interface NearMiss extends RuleCase {
  /** Two witnesses by name, for what the forger is not expected to find. */
  readonly witnesses?: readonly [Values, Values]
  /** An honest witness to begin with, for what few inputs allow. */
  readonly witness?: Values
}

export type Values = Readonly<Record<string, bigint>>

/** Cases by what they are about, for the rules that they are near to. */
export type Cases<T> = Readonly<Partial<Record<Rule, Readonly<Record<string, T>>>>>

export const range = (n: number) => Array.from({ length: n }, (_, i) => i)
export const half = (FIELD - 1n) / 2n

export const bit = (name: string) => `${name} * (${name} - 1) = 0`
/** Bits name0, name1, .. of a number. */
export const booleans = (name: string, n: number) => range(n).map((i) => bit(`${name}${i}`))
export const sum = (name: string, weights: readonly bigint[]) =>
  weights.map((weight, i) => `${weight < 0n ? '-' : '+'} ${weight < 0n ? -weight : weight} ${name}${i}`).join(' ')
export const powers = (n: number) => range(n).map((i) => 1n << BigInt(i))
export const ranged = (name: string, n: number) => [...booleans(name, n), `${sum(name, powers(n))} - ${name} = 0`]
export const bitsOf = (name: string, value: bigint, n: number): Values =>
  Object.fromEntries([
    [name, value] as const,
    ...range(n).map((i) => [`${name}${i}`, (value >> BigInt(i)) & 1n] as const),
  ])

export const digits = (weights: readonly bigint[]) => [...booleans('b', weights.length), `${sum('b', weights)} - x = 0`]
export const division = [...ranged('q', 12), ...ranged('r', 12), ...ranged('d', 12)]
export const below = (n: number, off: bigint) => [...ranged('s', n), `d - r - s - ${off} = 0`]
export const isZero = ['x * i = 1 - z', 'x * z = 0']
export const hot = [...booleans('h', 4), 'h1 + 2 h2 + 3 h3 - i = 0']
export const gates = range(3).map((k) => `h${k} * (i - ${k}) = 0`)
