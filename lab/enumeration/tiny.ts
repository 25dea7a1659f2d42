import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { circuitsDirectory, packageRoot } from '../../circom/paths.ts'
import { circomParameters } from '../../circuits/lib/circom-parameters.ts'
import parameters from '../../parameters.json' with { type: 'json' }
import {
  type CompiledFiles,
  type compileCached,
  compileSystem,
  type SystemFiles,
  testCircuits,
} from '../circuits/compile-cached.ts'
import { readNamedSystem } from '../circuits/named-system.ts'
import { onlyOnce } from '../circuits/only-once.ts'
import { type Solver, solverOf } from './solver/index.ts'

const TINY_BITS: typeof parameters.bits = {
  ...parameters.bits,
  price: 2,
  size: 1,
  position: 3,
  fundingIndex: 3,
  collateral: 5,
  collateralPrice: 2,
  lotRisk: 2,
  basisPoints: 3,
  weight: 3,
  account: 1,
  market: 1,
  sequence: 1,
  nonce: 1,
  time: 1,
  notional: 4,
  priceTimesLots: 5,
  lossSpread: 3,
  fees: 6,
}

/**
 * Bit widths so small that all values can be tried. A slot has 6 bits; what has no bit is always 0.
 * `expiring`: orders that expire; `partial`: sizes up to 3, so that fills may be partial; `queue`: four sequence numbers;
 * `prices`: six prices. `times`: eight times, with slots of 8 bits, for windows without any.
 * `margin`: positions below 4, so that all hints of the margin rule can be tried. `cash`: the same, and lots of 2 bits.
 * `liquidation`: the same, with eight times and auctions of up to 3 seconds.
 */
export const TINY = {
  expiring: TINY_BITS,
  partial: { ...TINY_BITS, time: 0, size: 2 },
  queue: { ...TINY_BITS, time: 0, sequence: 2 },
  prices: { ...TINY_BITS, time: 0, price: 3 },
  times: { ...TINY_BITS, time: 3 },
  margin: { ...TINY_BITS, position: 2 },
  cash: { ...TINY_BITS, position: 2, collateral: 2 },
  liquidation: {
    ...TINY_BITS,
    position: 2,
    collateral: 2,
    collateralPrice: 3,
    fundingIndex: 1,
    time: 3,
    liquidation: 2,
  },
} as const

export type TinyName = keyof typeof TINY

/** One hundred per cent: rates are quarters. */
export const TINY_BASIS_POINTS = 4

/** The parameter file with tiny numbers in it; everything else is as it is. */
function tinyParameters(name: TinyName): typeof parameters {
  const constants = { ...parameters.constants, BASIS_POINTS: TINY_BASIS_POINTS, MAX_FEE_BPS: TINY_BASIS_POINTS }
  return { ...parameters, bits: TINY[name], constants }
}

/** The reference model at tiny widths: the files of protocol/ as they are, beside another parameter file. */
export interface TinyModel {
  readonly account: typeof import('../../protocol/account.ts')
  readonly accountUpdate: typeof import('../../protocol/account-update.ts')
  readonly auction: typeof import('../../protocol/takeover/auction.ts')
  readonly book: typeof import('../../protocol/book.ts')
  readonly close: typeof import('../../protocol/deleverage/close.ts')
  readonly deleveragePrice: typeof import('../../protocol/deleverage/price.ts')
  readonly margin: typeof import('../../protocol/margin.ts')
  readonly marginRule: typeof import('../../protocol/trade-batch/margin-rule.ts')
  readonly matching: typeof import('../../protocol/trade-batch/matching.ts')
  readonly message: typeof import('../../protocol/message.ts')
  readonly parameters: typeof import('../../protocol/parameters.ts')
  readonly pass: typeof import('../../protocol/takeover/pass.ts')
  readonly slot: typeof import('../../protocol/slot.ts')
  readonly window: typeof import('../../protocol/window.ts')
  readonly maintenance: typeof import('../../protocol/cash-batch/maintenance.ts')
  readonly withdrawal: typeof import('../../protocol/cash-batch/withdrawal.ts')
}

export async function tinyModel(name: TinyName): Promise<TinyModel> {
  const root = await tinyRoot(name)
  const load = (file: string) => import(pathToFileURL(join(root, 'protocol', `${file}.ts`)).href)
  return {
    account: await load('account'),
    accountUpdate: await load('account-update'),
    auction: await load('takeover/auction'),
    book: await load('book'),
    close: await load('deleverage/close'),
    deleveragePrice: await load('deleverage/price'),
    margin: await load('margin'),
    marginRule: await load('trade-batch/margin-rule'),
    matching: await load('trade-batch/matching'),
    message: await load('message'),
    parameters: await load('parameters'),
    pass: await load('takeover/pass'),
    slot: await load('slot'),
    window: await load('window'),
    maintenance: await load('cash-batch/maintenance'),
    withdrawal: await load('cash-batch/withdrawal'),
  }
}

/** A change of one circuit source: the text, which must be there once, and what stands in its place. */
export interface SourceEdit {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A template of lab/enumeration/circuits as a main component; no more than one edit per file. */
export interface Probe {
  /** Default `expiring`. */
  readonly widths?: TinyName
  readonly source: string
  readonly template: string
  readonly args?: readonly number[]
  readonly edits?: readonly SourceEdit[] | undefined
}

/** Compiles a probe, by default without a witness generator. */
export async function compileProbe(probe: Probe): Promise<SystemFiles>
export async function compileProbe(probe: Probe, compile: typeof compileCached): Promise<CompiledFiles>
export async function compileProbe(probe: Probe, compile = compileSystem): Promise<SystemFiles> {
  const { widths = 'expiring', source, template, args = [], edits = [] } = probe
  const probes = fileURLToPath(new URL('circuits', import.meta.url))
  const definition = {
    name: [
      'tiny',
      widths,
      template,
      ...args,
      ...edits.map(({ from, to }) => `changed${hashOf([from, to]).slice(0, 8)}`),
    ].join('-'),
    template,
    source,
    templateArguments: () => args,
    publicSignals: [],
  }
  const overlay = join(await tinyRoot(widths), 'circuits')
  const sourceRoots = [overlay, probes, circuitsDirectory()]
  if (edits.length === 0) return compile(definition, { optimization: 'O1', sourceRoots })
  const changed = await mkdtemp(join(tmpdir(), 'zkclear-changed-'))
  try {
    await applyEdits(changed, edits)
    return await compile(definition, { optimization: 'O1', sourceRoots: [changed, ...sourceRoots] })
  } finally {
    await rm(changed, { recursive: true })
  }
}

async function applyEdits(folder: string, edits: readonly SourceEdit[]): Promise<void> {
  for (const { file, from, to } of edits) {
    const text = await readFile(join(circuitsDirectory(), file), 'utf8')
    if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`)
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(
      join(folder, file),
      text.replace(from, () => to),
    )
  }
}

/**
 * All solutions of a probe's constraints, given the known signals. What is neither known nor computed from them is the
 * prover's to choose, hints and inner signals alike.
 */
export async function solveProbe(
  probe: Probe,
  options: { known: readonly string[]; read: readonly string[]; bound?: number },
): Promise<Solver> {
  const files = await compileProbe(probe)
  return solverOf(await readNamedSystem(files), options)
}

/** `name[0]` to `name[length - 1]`. */
export function elements(name: string, length: number): string[] {
  return Array.from({ length }, (_, i) => `${name}[${i}]`)
}

/** The folder with circuits/lib/parameters.circom, parameters.json and protocol/ of those widths. */
async function tinyRoot(name: TinyName): Promise<string> {
  const root = packageRoot()
  const tiny = tinyParameters(name)
  const protocol = globSync('protocol/**/*.ts', { cwd: root }).sort()
  const texts = await Promise.all(protocol.map((file) => readFile(join(root, file), 'utf8')))
  const hash = hashOf([tiny, circomParameters(tiny), texts])
  const folder = join(testCircuits(), `widths-${name}-${hash}`)
  await onlyOnce(folder, async (unfinished) => {
    const write = async (file: string, text: string) => {
      await mkdir(dirname(join(unfinished, file)), { recursive: true })
      await writeFile(join(unfinished, file), text)
    }
    await write('circuits/lib/parameters.circom', circomParameters(tiny))
    await write('parameters.json', JSON.stringify(tiny, null, 2))
    for (const [index, file] of protocol.entries()) await write(file, texts[index]!)
  })
  return folder
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}
