import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileCircuit } from '../../circom/compile.ts'
import { readR1cs } from '../../circom/r1cs.ts'
import { readSymbols } from '../../circom/symbols.ts'
import { CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import { createDevKey } from '../../keys/dev/dev-key.ts'
import type { CircuitArtifacts } from '../../keys/load.ts'
import { DEFAULT_DEV_SEED } from '../../keys/selection.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import type { Building, Counts } from './measurements.ts'
import { countSections } from './sections.ts'
import { spread } from './spread.ts'

/** Compiles a circuit `runs` times, and makes its key as often if `keys` is set, in a directory that is removed again. */
export async function measureBuilding(
  name: CircuitName,
  profile: ProfileName,
  { runs, keys }: { runs: number; keys: boolean },
): Promise<{ counts: Counts; building: Building }> {
  const directory = await mkdtemp(join(tmpdir(), 'zkclear-bench-'))
  try {
    const compileMs: number[] = []
    const keyMs: number[] = []
    let peak = 0
    let files: { r1cs: string; wasm: string; sym: string } | undefined
    for (let run = 0; run < runs; run++) {
      const compilation = await compileCircuit({ definition: CIRCUITS[name], profile, directory })
      compileMs.push(compilation.milliseconds)
      peak = Math.max(peak, compilation.peakBytes)
      files = compilation.files
    }
    const zkey = join(directory, 'circuit.zkey')
    const r1cs = await readR1cs(files!.r1cs)
    for (let run = 0; keys && run < runs; run++) {
      const started = performance.now()
      await createDevKey({ r1cs, secrets: DEFAULT_DEV_SEED, zkey })
      keyMs.push(performance.now() - started)
    }
    const building: Building = {
      compile: spread(compileMs),
      compilePeakBytes: peak,
      wasmBytes: (await stat(files!.wasm)).size,
      r1csBytes: (await stat(files!.r1cs)).size,
      ...(keys && { key: spread(keyMs), zkeyBytes: (await stat(zkey)).size }),
    }
    return { counts: await readCounts(name, files!), building }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The counts of a compiled circuit, from its files. */
export async function readCounts(name: CircuitName, files: Pick<CircuitArtifacts['files'], 'r1cs' | 'sym'>) {
  const r1cs = await readR1cs(files.r1cs)
  const sections = countSections(r1cs, await readSymbols(files.sym), CIRCUITS[name].review.sections)
  let linear = 0
  for (let i = 0; i < r1cs.nConstraints; i++) {
    const [a, b, c] = [r1cs.offsets[3 * i]!, r1cs.offsets[3 * i + 1]!, r1cs.offsets[3 * i + 2]!]
    if (a === b || b === c) linear++
  }
  const counts: Counts = {
    linear,
    nonLinear: r1cs.nConstraints - linear,
    total: r1cs.nConstraints,
    wires: r1cs.nWires,
    sections: Object.fromEntries(sections),
  }
  return counts
}
