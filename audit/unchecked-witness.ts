import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compileCircuit } from '../circom/compile.ts'
import { type CompilableCircuit, circuitSources } from '../circom/main-component.ts'
import { type R1cs, readR1cs } from '../circom/r1cs.ts'
import { calculateWitness } from '../circom/witness-calculator.ts'
import { wires } from '../circom/witness-wires.ts'
import type { CircuitInput } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { flattenAsGiven } from './input-shape.ts'

/** A witness generator that goes on where the circuit's own would stop at a broken constraint. */
export interface UncheckedCalculator {
  /**
   * The witness that the circuit's assignments give for any input, however dishonest, as wires of `r1cs`, which may be
   * compiled at any optimisation level. Which constraints it breaks is for `findBrokenConstraints` to say; at O0 every
   * `===` and `<==` of the sources is a constraint of its own, with the component's path in its description.
   * Throws WITNESS_FAILED where an assignment has no value, such as a shift by a huge number.
   */
  witness(r1cs: R1cs, input: CircuitInput): bigint[]
}

/**
 * Compiles a copy of the circuit without its `===` and `assert` instructions, the library's included. (circom has no such
 * switch: its `--sanity_check 0` gives the same WebAssembly as the default.) Signals keep their labels, so that the values
 * fit the real circuit.
 */
export async function uncheckedCalculator(options: {
  definition: CompilableCircuit
  profile: ProfileName
  /** A folder to work in. */
  directory: string
  sourceRoots?: readonly string[]
  signal?: AbortSignal | undefined
}): Promise<UncheckedCalculator> {
  const { definition, profile, directory, signal } = options
  const root = join(directory, 'unchecked')
  for (const { path, text } of circuitSources(definition, options.sourceRoots).files) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), withoutChecks(text))
  }
  const { files } = await compileCircuit({
    definition,
    profile,
    directory: join(directory, 'unchecked-out'),
    sourceRoots: [root],
    optimization: 'O0',
    inspect: false,
    signal,
  })
  return readUnchecked(files, definition.name)
}

/** The calculator of a circuit that was compiled at O0 from sources `withoutChecks`. */
export async function readUnchecked(
  files: { readonly r1cs: string; readonly wasm: string },
  name: string,
): Promise<UncheckedCalculator> {
  const program = await WebAssembly.compile(await readFile(files.wasm))
  const { labelOf } = await readR1cs(files.r1cs)
  const wireOfLabel = new Map(Array.from(labelOf, (label, wire) => [label, wire]))
  const placesIn = new WeakMap<R1cs, Int32Array>()

  return {
    witness(r1cs, input) {
      const result = calculateWitness(program, flattenAsGiven(input))
      if ('failure' in result) {
        const { failure } = result
        const reason = failure.kind === 'crash' ? failure.reason : `${failure.kind} failed`
        throw new ZkclearError('WITNESS_FAILED', `the unchecked generator of ${name} fails: ${reason}`)
      }
      const values = wires(new Uint8Array(result.witness))
      const places = placesIn.get(r1cs) ?? Int32Array.from(r1cs.labelOf, (label) => wireOfLabel.get(label)!)
      placesIn.set(r1cs, places)
      return Array.from(places, (place) => values[place]!)
    },
  }
}

/**
 * Blanks comments and every instruction with `===` or `assert(...)`, its `for` or `if` header included. All else stays at its
 * place, because circom names anonymous components by their position in the file.
 */
export function withoutChecks(source: string): string {
  let text = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, blank)
  for (;;) {
    const at = text.search(/===|\bassert\s*\(/)
    if (at < 0) return text
    let start = at
    for (let depth = 0; start > 0; start--) {
      const character = text[start - 1]!
      if (character === ')') depth++
      if (character === '(') depth--
      if (depth === 0 && ';{}'.includes(character)) break
    }
    const end = text.indexOf(';', at) + 1
    text = text.slice(0, start) + blank(text.slice(start, end)) + text.slice(end)
  }
}

function blank(text: string): string {
  return text.replace(/[^\n]+/g, (line) => ' '.repeat(Buffer.byteLength(line)))
}
