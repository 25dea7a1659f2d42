import type parameters from '../../parameters.json'

export const HEADER = '// Generated from parameters.json by `npm run generate`; never edited.\n'

/** The part of the parameter file that circuits know. */
export type CircuitParameters = Pick<
  typeof parameters,
  'bits' | 'constants' | 'marketKinds' | 'phases' | 'timeInForce' | 'cashKinds' | 'tags'
>

/** circuits/lib/parameters.circom for these parameters: each number as a function of circom. */
export function circomParameters(parameters: CircuitParameters): string {
  const { bits, constants, marketKinds, phases, timeInForce, cashKinds, tags } = parameters
  const functions = [
    ...Object.entries(bits).map(([name, value]) => [`${upper(name)}_BITS`, value]),
    ...Object.entries(constants),
    ...Object.entries(marketKinds).map(([name, value]) => [`MARKET_${upper(name)}`, value]),
    ['MARKET_KINDS', Object.keys(marketKinds).length],
    ...Object.entries(phases).map(([name, value]) => [`PHASE_${name}`, value]),
    ...Object.entries(timeInForce),
    ...Object.entries(cashKinds).map(([name, value]) => [`CASH_${name}`, value]),
    ['CASH_KINDS', Object.keys(cashKinds).length],
    ...Object.entries(tags).map(([name, value]) => [`TAG_${name}`, value]),
  ].map(([name, value]) => `function ${name}() { return ${value}; }`)
  return `${HEADER}pragma circom 2.2.3;\n\n${functions.join('\n')}\n`
}

function upper(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
