import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { wtns } from 'snarkjs'
import type { CircuitInput } from '../../circuits/types.ts'
import type { ProfileName } from '../../protocol/profiles.ts'
import { type CompilableCircuit, circuitSources, compileCircuit } from '../../prover/compile.ts'
import { type R1cs, readR1cs } from '../../prover/r1cs.ts'

/** A witness generator that goes on where the circuit's own would stop at a broken constraint. */
export interface UncheckedCalculator {
  /**
   * The witness that the circuit's assignments give for any input, however dishonest, as wires of `r1cs`, which may be
   * compiled at any optimisation level. Which constraints it breaks is for `findBrokenConstraints` to say; at O0 every
   * `===` and `<==` of the sources is a constraint of its own, with the component's path in its description.
   */
  witness(r1cs: R1cs, input: CircuitInput): Promise<bigint[]>
}

/**
 * Compiles a copy of the circuit without its `===` and `assert` statements, the library's included. (circom has no such
 * switch: its `--sanity_check 0` gives the same WebAssembly as the default.) Signals keep their labels, so that the values
 * fit the real circuit.
 */
export async function uncheckedCalculator(options: {
  definition: CompilableCircuit
  profile: ProfileName
  /** A folder to work in. */
  directory: string
  sourceRoots?: readonly string[]
}): Promise<UncheckedCalculator> {
  const { definition, profile, directory } = options
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
  })
  const { labelOf } = await readR1cs(files.r1cs)

  return {
    async witness(r1cs, input) {
      const values = await calculate(files.wasm, input)
      const byLabel = new Map(values.map((value, wire) => [labelOf[wire]!, value]))
      return Array.from(r1cs.labelOf, (label) => byLabel.get(label)!)
    },
  }
}

/**
 * Blanks comments and every statement with `===` or `assert(...)`, its `for` or `if` header included. All else stays at its
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
  return ' '.repeat(Buffer.byteLength(text))
}

async function calculate(wasm: string, input: CircuitInput): Promise<bigint[]> {
  const file = { type: 'mem' } as { type: 'mem'; data?: Uint8Array }
  await wtns.calculate(input as never, wasm, file as never)
  const { data } = file
  const view = new DataView(data!.buffer, data!.byteOffset, data!.byteLength)
  // Header section: 12 + 12 + 40 bytes; then the section of values with a header of 12 bytes.
  const values: bigint[] = []
  for (let at = 76; at < view.byteLength; at += 32) {
    let value = 0n
    for (let word = 24; word >= 0; word -= 8) value = (value << 64n) | view.getBigUint64(at + word, true)
    values.push(value)
  }
  return values
}
