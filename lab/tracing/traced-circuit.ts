import { circuitSources } from '../../circom/main-component.ts'
import { circuitsDirectory } from '../../circom/paths.ts'
import { CIRCUITS } from '../../circuits/index.ts'
import { compileSystem, writeSources } from '../circuits/compile-cached.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../circuits/gadget.ts'
import { observedSystem, type TestCircuit } from '../circuits/harness.ts'
import { type NamedSystem, readNamedSystem } from '../circuits/named-system.ts'
import { CASH_VENUE, cashCircuit } from '../instances/cash.ts'
import { DELEVERAGE_CIRCUIT } from '../instances/deleverage.ts'
import { RISK_CIRCUIT } from '../instances/risk.ts'
import { TAKEOVER_CIRCUIT } from '../instances/takeover.ts'
import { type Attribution, attribute } from './attribution.ts'
import { templatesOf } from './instructions.ts'
import { type Mark, markedSources } from './marked-sources.ts'

/** A circuit without simplification, every constraint of which is known by the instruction that it comes from. */
export interface TracedCircuit {
  readonly name: string
  readonly system: NamedSystem
  readonly attribution: Attribution
  readonly marks: readonly (Mark | undefined)[]
}

/** Single templates with the arguments that tests give them, by the file of templates/ that has them. */
const GADGETS: Readonly<Record<string, readonly (readonly [template: string, ...args: number[]])[]>> = {
  'gadgets.circom': [
    ['RangeProbe', 48],
    ['CompareProbe', 40, 41],
    ['LogicProbe'],
    ['SelectProbe', 4],
    ['WithinProbe', 1, 4],
    ['WithinProbe', 3, 2 ** 20],
    ['DivideProbe', 10_000, 66],
    ['QuotientProbe', 40, 20],
    ['HashProbe', 5],
    ['PublicDataProbe', 19],
    ['MerkleProbe', 2],
    ['MerkleUpdateProbe', 2],
    ['SharedTopProbe', 3],
    ['WordsProbe'],
    ['EncryptUpdateProbe'],
    ['CheckLoadProbe'],
    ['ReplaceProbe', 8],
    ['LightDigestsProbe', 8],
    ['MarginRuleProbe', 4, 2, 8],
    ['PayProbe'],
  ],
  'pricing.circom': [
    ['LogarithmProbe', 48],
    ['RootProbe', 48],
    ['DeviationProbe', 24, 40],
    ['ScaledDeviationProbe', 35],
    ['SignedBitsProbe', 8],
    ['OutOfTheMoneyProbe', 48, 35],
    ['BlackProbe', 48, 35],
  ],
  'reports.circom': [
    ['LowerMedianProbe', 5, 47],
    ['ReportsProbe', 5, 2, 2],
  ],
  'risk-parameters.circom': [['RiskParametersProbe', 5, 2, 6, 2, 3]],
  'risk-update.circom': [
    ['BreakerProbe'],
    ['FundingProbe'],
    ['VolatilityProbe'],
    ['MemoryProbe'],
    ['ScenarioProbe', 4],
    ['SettlementPriceProbe'],
  ],
  'signature.circom': [['FixedBaseProbe'], ['TimesChallengeProbe'], ['SignatureProbe']],
}

/** What a circuit compiles. */
export interface TracedSource {
  readonly definition: TestCircuit
  readonly sourceRoots: readonly string[]
}

const gadgets = Object.entries(GADGETS).flatMap(([source, templates]) =>
  templates.map(([template, ...args]): TracedSource => {
    return { definition: gadgetDefinition(template, args, {}, source), sourceRoots: GADGET_ROOTS }
  }),
)
/** Those of a small venue, on which tests attack them, stand for the product's: they have the same templates. */
const SMALLER: Readonly<Record<string, TestCircuit>> = {
  'cash-batch': cashCircuit(CASH_VENUE),
  'risk-update': RISK_CIRCUIT,
  takeover: TAKEOVER_CIRCUIT,
  deleverage: DELEVERAGE_CIRCUIT,
}
const products = Object.values(CIRCUITS).map((definition): TracedSource => {
  const traced = SMALLER[definition.name] ?? (definition as TestCircuit)
  return { definition: traced, sourceRoots: [circuitsDirectory()] }
})

/** The circuits in which templates are looked at, by name: those of single templates' tests, then the product's. */
export const TRACED_CIRCUITS: ReadonlyMap<string, TracedSource> = new Map(
  [...gadgets, ...products].map((source) => [source.definition.name, source]),
)

/** Compiles a circuit and its marked twin, unless that was done. */
export function traceCircuit(name: string): Promise<TracedCircuit> {
  return traceDefinition(TRACED_CIRCUITS.get(name)!)
}

/** The same of a circuit that no list names. */
export async function traceDefinition({ definition, sourceRoots }: TracedSource): Promise<TracedCircuit> {
  const { name } = definition
  const { files } = circuitSources(definition, sourceRoots)
  const marked = markedSources(files)
  const root = await writeSources(`${name}-marked`, marked.files)
  const twin = { ...definition, name: `${name}-marked` }
  const real = await observedSystem(definition, await compileSystem(definition, { optimization: 'O0', sourceRoots }))
  const other = await readNamedSystem(await compileSystem(twin, { optimization: 'O0', sourceRoots: [root] }))
  const inputs = new Map(
    files.flatMap(({ text }) => templatesOf(text).map((each) => [each.name, each.inputs] as const)),
  )
  return { name, system: real, attribution: attribute(real, other, marked.marks, inputs), marks: marked.marks }
}
