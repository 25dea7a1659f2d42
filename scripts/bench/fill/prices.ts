import { compileCircuit } from '../../../circom/compile.ts'
import { CompilerProcess } from '../../../circom/compiler-process.ts'
import { tradeBatch } from '../../../circuits/trade-batch/index.ts'
import { tradeBatchArguments } from '../../../circuits/trade-batch/input.ts'
import { type ProfileName, venueShape } from '../../../protocol/shape.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type BatchBounds, BOUNDS } from './cut.ts'

/** Constraints of a trade batch by what it takes: a line through a few compiled sizes. */
export interface Prices {
  readonly fixed: number
  readonly each: BatchBounds
  /** A size that the line was not drawn through: what it has, and what the line says. */
  readonly check: { readonly bounds: BatchBounds; readonly compiled: number; readonly predicted: number }
}

const BASE: BatchBounds = { messages: 6, signatures: 4, steps: 8, accounts: 4, lightAccounts: 1 }
/** How much more of each the other compiled sizes have. */
const MORE: BatchBounds = { messages: 3, signatures: 2, steps: 4, accounts: 2, lightAccounts: 2 }

/** Compiles trade-batch in a few small sizes for venues of a profile's shape: minutes of processor time. */
export async function measurePrices(profile: ProfileName, report: (fraction: number) => void): Promise<Prices> {
  using compiler = new CompilerProcess()
  let done = 0
  const compiled = async (bounds: BatchBounds) => {
    await using folder = await temporaryFolder()
    const sizes = { ...venueShape(profile), ...bounds }
    const definition = { ...tradeBatch, templateArguments: () => tradeBatchArguments(sizes) }
    const { counts } = await compileCircuit({ definition, profile, directory: folder.path, generator: false, compiler })
    report(++done / (BOUNDS.length + 2))
    return counts.nonLinear + counts.linear
  }
  const base = await compiled(BASE)
  const each = { ...BASE }
  for (const bound of BOUNDS) {
    each[bound] = ((await compiled({ ...BASE, [bound]: BASE[bound] + MORE[bound] })) - base) / MORE[bound]
  }
  const fixed = base - constraintsOf(BASE, { fixed: 0, each })
  const bounds = sum(BASE, MORE)
  const predicted = Math.round(constraintsOf(bounds, { fixed, each }))
  return { fixed, each, check: { bounds, compiled: await compiled(bounds), predicted } }
}

/** What the line says that a batch of these bounds has. */
export function constraintsOf(bounds: BatchBounds, { fixed, each }: Pick<Prices, 'fixed' | 'each'>): number {
  return BOUNDS.reduce((total, bound) => total + each[bound] * bounds[bound], fixed)
}

function sum(a: BatchBounds, b: BatchBounds): BatchBounds {
  return Object.fromEntries(BOUNDS.map((bound) => [bound, a[bound] + b[bound]])) as unknown as BatchBounds
}
