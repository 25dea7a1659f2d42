import type { Scenario } from '../protocol/risk/parameters.ts'

/** A scenario and its name in files. */
export type NamedScenario = readonly [name: string, scenario: Scenario]

/** Ppm of the volatility, up and down. */
const VOLATILITY = 250_000n
/** Ppm of the shock. The last is so far that its loss counts by a third. */
const MOVES = [
  ['a third', 333_333n],
  ['two thirds', 666_667n],
  ['all', 1_000_000n],
] as const
const EXTREME = 3_000_000n

/**
 * SPAN's grid, for the 16 scenarios of the standard profile: a third, two thirds and all of the shock, up and down, each with the volatility up and
 * down; no move with the volatility down; and three times the shock, up and down, a third of which counts. In the place of SPAN's no
 * move with the volatility up is the mark, as it has to be: of a portfolio that loses most there, near options bought against fewer far ones, it asks less than SPAN does. No underlying is opposed, so it is for markets on one underlying (protocol.md#scenario-prices).
 */
export function spanScenarios(): readonly NamedScenario[] {
  const plain = { extreme: false, opposed: 0n }
  const pair = (name: string, move: bigint): NamedScenario[] => [
    [`${name}, volatility up`, { ...plain, move, volatilityMove: VOLATILITY }],
    [`${name}, volatility down`, { ...plain, move, volatilityMove: -VOLATILITY }],
  ]
  return [
    ['mark', { ...plain, move: 0n, volatilityMove: 0n }],
    ['still, volatility down', { ...plain, move: 0n, volatilityMove: -VOLATILITY }],
    ...MOVES.flatMap(([name, move]) => [...pair(`up ${name}`, move), ...pair(`down ${name}`, -move)]),
    ['far up', { move: EXTREME, volatilityMove: 0n, extreme: true, opposed: 0n }],
    ['far down', { move: -EXTREME, volatilityMove: 0n, extreme: true, opposed: 0n }],
  ]
}
