import type { Symbols } from '../../circom/symbols.ts'
import type { TracedCircuit } from '../tracing/traced-circuit.ts'

/** One signal that takes a value of the prover's choice, and all that is computed from it with it. */
export interface Lie {
  /**
   * Template and signal, such as `Decide.beyond`; the signal of a component or of a bus with its path, the component's name being
   * that of its template if it has none.
   */
  readonly signal: string
  /** Which instance of the template: message, step or account slot. Default 0. */
  readonly at?: number
  /** Which element, if the signal is an array. Default 0. */
  readonly element?: number
  readonly value: bigint
}

/** Finds the wire that a lie is about. */
export function signalFinder({ attribution, system: { symbols } }: TracedCircuit): (lie: Lie) => number {
  const instances = new Map<string, Set<string>>()
  for (const origin of attribution.origins) {
    if (origin === undefined) continue
    const known = instances.get(origin.instruction.template) ?? new Set()
    instances.set(origin.instruction.template, known.add(origin.instance))
  }
  return ({ signal, at = 0, element = 0 }) => {
    const dot = signal.indexOf('.')
    const instance = [...(instances.get(signal.slice(0, dot)) ?? [])].sort(byNumber)[at]
    const path = signal.slice(dot + 1)
    const names = [path, `${path}[${element}]`, path.replace('.', `[${element}].`)].map((each) => `${instance}.${each}`)
    const named = names.map((name) => symbols.wireOf(name)).find((found) => found !== undefined)
    const wire = named ?? wireOfNameless(symbols, names[0]!)
    if (wire === undefined) throw new Error(`there is no signal ${signal} of instance ${at} that could lie`)
    return wire
  }
}

/** The wire of a signal of a component without a name of its own: circom adds numbers to that of its template. */
function wireOfNameless(symbols: Symbols, name: string): number | undefined {
  const [, template, tail] = /^(.*?)((?:\[\d+\])*\.[^.]+)$/.exec(name)!
  const head = `${template}_`
  const isMeant = (each: string) =>
    each.startsWith(head) && each.endsWith(tail!) && /^\d+_\d+$/.test(each.slice(head.length, -tail!.length))
  for (let wire = 1; wire <= symbols.lastWire; wire++) if (symbols.names(wire).some(isMeant)) return wire
  return undefined
}

const { compare: byNumber } = new Intl.Collator('en', { numeric: true })
