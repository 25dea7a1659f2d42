import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withoutChecks } from '../../audit/unchecked-witness.ts'
import { circuitSources } from '../../circom/main-component.ts'
import { defaultBuildDirectory } from '../../circom/paths.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { calculateWitness } from '../../circom/witness-calculator.ts'
import { flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { compileCached, type TestCircuit } from '../circuits/harness.ts'
import { onlyOnce, removeOthers } from '../circuits/only-once.ts'
import { LIES, type LyingSignal, lieNumber, lyingSources } from './lying-source.ts'

/** One signal that takes a value of the prover's choice, and all that is computed from it with it. */
export interface Lie {
  /** Template and signal, such as `Step.beyond`. */
  readonly signal: string
  /** Which message, step or account slot. Default 0. */
  readonly at?: number
  /** Which element, if the signal is an array. Default 0. */
  readonly element?: number
  readonly value: bigint
}

/** A witness generator that checks nothing and lies where it is told to. */
export interface LyingCalculator {
  /** The value of any signal by its label, as the circuit without simplification numbers them. */
  evaluate(input: CircuitInput, lies?: readonly Lie[]): (label: number) => bigint
  readonly signals: readonly LyingSignal[]
}

/**
 * Compiles the circuit without its checks and, if `lies`, with signals that can be told to lie. `symFile` is that of the
 * real circuit without simplification: the two must name the same signals in the same order.
 */
export async function lyingCalculator(
  definition: TestCircuit,
  symFile: string,
  options: { lies: boolean; sourceRoots?: readonly string[] },
): Promise<LyingCalculator> {
  const honest = circuitSources(definition, options.sourceRoots).files
  const { files, signals } = options.lies ? lyingSources(honest) : { files: honest, signals: [] }
  const liar: TestCircuit = {
    ...definition,
    name: `${definition.name}-${options.lies ? 'liar' : 'unchecked'}`,
    inputShapes: (profile) => ({
      ...definition.inputShapes(profile),
      ...(options.lies && { lie: [LIES], lieValue: [LIES] }),
    }),
  }
  const texts = files.map(({ path, text }) => ({ path, text: withoutChecks(text) }))
  const hash = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32)
  const parent = join(defaultBuildDirectory(), 'test-circuits')
  const root = join(parent, `${liar.name}-sources-${hash}`)
  await onlyOnce(root, async () => {
    const temporary = `${root}-${randomUUID()}`
    for (const { path, text } of texts) {
      await mkdir(dirname(join(temporary, path)), { recursive: true })
      await writeFile(join(temporary, path), text)
    }
    await rename(temporary, root)
    await removeOthers(parent, `${liar.name}-sources-`, root)
  })
  const compiled = await compileCached(liar, { optimization: 'O0', sourceRoots: [root] })
  const program = await WebAssembly.compile(await readFile(compiled.wasm))
  const { labelOf } = await readR1cs(compiled.r1cs)
  const wireOfLabel = new Map(Array.from(labelOf, (label, wire) => [label, wire]))
  const wireOf = matchLabels(await readFile(symFile, 'utf8'), await readFile(compiled.sym, 'utf8')).map(
    (label) => wireOfLabel.get(label)!,
  )

  const numberOf = ({ signal, at = 0, element = 0 }: Lie) => {
    const found = signals.findLast(({ template, name }) => `${template}.${name}` === signal)
    if (found === undefined) throw new Error(`${signal} cannot lie`)
    return lieNumber(found, at, element)
  }
  return {
    signals,
    evaluate(input, lies = []) {
      if (lies.length > LIES) throw new Error(`at most ${LIES} lies at once`)
      const pad = (values: bigint[]) => [...values, ...new Array<bigint>(LIES - values.length).fill(0n)]
      const told = options.lies && { lie: pad(lies.map(numberOf)), lieValue: pad(lies.map(({ value }) => value)) }
      const result = calculateWitness(program, flattenInput(liar, 'small', { ...input, ...told }))
      if ('failure' in result) throw new Error(`the liar fails: ${JSON.stringify(result.failure)}`)
      const words = new BigUint64Array(result.witness)
      return (label) => {
        const at = 4 * wireOf[label]!
        return words[at]! | (words[at + 1]! << 64n) | (words[at + 2]! << 128n) | (words[at + 3]! << 192n)
      }
    },
  }
}

/** For every label of the real circuit, the liar's label of the same signal; 0 is the constant. */
function matchLabels(real: string, liar: string): number[] {
  const parse = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(','))
      .map(([label, , , name]) => ({ label: Number(label), name: name!.trim().replace(/_\d+_\d+/g, '') }))
  const wanted = parse(real)
  const given = parse(liar).filter(({ name }) => !/(^|\.)(lie|lieValue)\[\d+\]$|(^|\.)lieOf\d+(\[\d+\])?$/.test(name))
  if (wanted.length !== given.length) throw new Error(`${given.length} signals of the liar; ${wanted.length} in all`)
  const labels = [0]
  for (const [i, { label, name }] of wanted.entries()) {
    if (given[i]!.name !== name) throw new Error(`the liar's ${given[i]!.name} stands where ${name} should`)
    labels[label] = given[i]!.label
  }
  return labels
}
