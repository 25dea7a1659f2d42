import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { circuitSources } from '../../circom/main-component.ts'
import { circuitsDirectory, defaultBuildDirectory } from '../../circom/paths.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { readSymbols } from '../../circom/symbols.ts'
import { CIRCUITS } from '../../circuits/index.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../circuits/gadget.ts'
import { type CompiledFiles, compileCached, type TestCircuit } from '../circuits/harness.ts'
import { onlyOnce } from '../circuits/only-once.ts'
import { type Attribution, attribute, type System } from './attribution.ts'
import { type Mark, markedSources } from './marked-sources.ts'
import { templatesOf } from './statements.ts'

/** A circuit without simplification, every constraint of which is known by the statement that it comes from. */
export interface Bench {
  readonly name: string
  readonly system: System
  readonly attribution: Attribution
  readonly marks: readonly (Mark | undefined)[]
}

/** Single templates with the arguments that tests give them. */
const GADGETS: readonly (readonly [template: string, ...args: number[]])[] = [
  ['RangeProbe', 48],
  ['CompareProbe', 40, 41],
  ['LogicProbe'],
  ['SelectProbe', 4],
  ['DivideProbe', 10_000, 66],
  ['HashProbe', 5],
  ['MerkleProbe', 2],
  ['MerkleUpdateProbe', 2],
  ['WordsProbe'],
  ['CheckLoadProbe'],
  ['ReplaceProbe', 8],
  ['MarginRuleProbe', 4, 2, 8],
]

/** What a bench compiles. */
interface BenchSource {
  readonly definition: TestCircuit
  readonly sourceRoots: readonly string[]
}

const gadgets = GADGETS.map(([template, ...args]): BenchSource => {
  return { definition: gadgetDefinition(template, args, {}), sourceRoots: GADGET_ROOTS }
})
const products = Object.values(CIRCUITS).map((definition): BenchSource => {
  return { definition: definition as TestCircuit, sourceRoots: [circuitsDirectory()] }
})

/** The circuits in which templates are looked at, by name: those of single templates' tests, then the product's. */
export const BENCHES: ReadonlyMap<string, BenchSource> = new Map(
  [...gadgets, ...products].map((source) => [source.definition.name, source]),
)

/** Compiles a bench and its marked twin, unless that was done. */
export async function loadBench(name: string): Promise<Bench> {
  const { definition, sourceRoots } = BENCHES.get(name)!
  const { files } = circuitSources(definition, sourceRoots)
  const marked = markedSources(files)
  const parent = join(defaultBuildDirectory(), 'mutation')
  const hash = createHash('sha256').update(JSON.stringify(marked.files)).digest('hex').slice(0, 16)
  const root = join(parent, `sources-${name}-${hash}`)
  await onlyOnce(root, async () => {
    for (const { path, text } of marked.files) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
  })
  const twin = { ...definition, name: `${name}-marked` }
  const real = await systemOf(await compileCached(definition, { optimization: 'O0', sourceRoots }))
  const other = await systemOf(await compileCached(twin, { optimization: 'O0', sourceRoots: [root] }))
  const inputs = new Map(
    files.flatMap(({ text }) => templatesOf(text).map((each) => [each.name, each.inputs] as const)),
  )
  return { name, system: real, attribution: attribute(real, other, marked.marks, inputs), marks: marked.marks }
}

async function systemOf({ r1cs, sym }: CompiledFiles): Promise<System> {
  return { r1cs: await readR1cs(r1cs), symbols: await readSymbols(sym) }
}
