import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import type { CircuitName } from '../../circuits/index.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { loadAddon } from '../../prover/native/addon.ts'
import type { FullProveTimes } from './full-prove-child.ts'
import type { BackendTimes, Proving } from './measurements.ts'
import type { ProvingTimes } from './prove-child.ts'
import { runChild } from './run-child.ts'
import { spread } from './spread.ts'
import type { WitnessTimes } from './witness-child.ts'

/** Proves a circuit with the library's default backend, its fallback and snarkjs alone, each in a process of its own. */
export async function measureProving(
  circuit: CircuitName,
  profile: ProfileName,
  { runs }: { runs: number },
): Promise<Proving> {
  const backends: Record<string, BackendTimes> = {}
  for (const path of [...(loadAddon()?.paths().slice(0, 1) ?? []), 'snarkjs']) {
    const times = await runChild<ProvingTimes>('prove-child.ts', [circuit, profile, path, runs])
    backends[path === 'snarkjs' ? path : `native, ${path}`] = {
      load: spread([times.load]),
      firstProof: spread([times.firstProof]),
      witness: spread(times.witness),
      witnessCpu: spread(times.witnessCpu),
      prove: spread(times.prove),
      proveCpu: spread(times.proveCpu),
      verify: spread(times.verify),
      peakBytes: times.peakBytes,
    }
  }
  const witnesses = await runChild<WitnessTimes>('witness-child.ts', [circuit, profile, runs])
  const theirs = await runChild<FullProveTimes>('full-prove-child.ts', [circuit, profile, runs])
  return {
    backends,
    witnesses: Object.fromEntries(Object.entries(witnesses).map(([generator, times]) => [generator, spread(times)])),
    fullProveFirst: spread([theirs.first]),
    fullProve: spread(theirs.later),
    fullProvePeakBytes: theirs.peakBytes,
    ...(profile === 'small' && (await recordedGas(circuit))),
  }
}

/** The transaction that takes each circuit's proof, as test/vectors/gas.json names it; undefined where none does. */
const TRANSACTIONS: Readonly<Record<CircuitName, string | undefined>> = {
  'trade-batch': 'settle a trade batch',
  'cash-batch': 'settle a cash batch, the registration of the house',
  takeover: 'settle a takeover',
  deleverage: 'settle a deleveraging',
  exit: 'recordClaim, after the freeze',
  'margin-sufficiency': 'admit, on the newest root',
  'portfolio-exposure': 'lend, on a bounded loss',
  'risk-update': undefined,
}

/** Its gas, small profile, as the tests of the contracts hold it. */
async function recordedGas(circuit: CircuitName): Promise<{ gas?: number }> {
  const transaction = TRANSACTIONS[circuit]
  if (transaction === undefined) return {}
  const recorded = JSON.parse(await readFile(join(packageRoot(), 'test', 'vectors', 'gas.json'), 'utf8'))
  return { gas: recorded[transaction] }
}
