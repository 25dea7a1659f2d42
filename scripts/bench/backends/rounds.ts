import type { Report } from '../../demo/progress.ts'
import { type Spread, spread } from '../spread.ts'
import type { Contestant } from './contestants.ts'
import type { MeasuredCircuit } from './measured-circuit.ts'

/** Who proves what. */
export interface Entry {
  readonly contestant: Contestant
  readonly circuit: MeasuredCircuit
}

export interface Turns {
  readonly wall: Spread
  readonly cpu?: Spread
}

/**
 * Proves round after round, every entry once a round, so that whatever else the machine does hits all alike. A round comes
 * before, untimed, to warm up. Verifies each proof before the next one is made.
 */
export async function proveInTurn(entries: readonly Entry[], runs: number, report?: Report): Promise<Turns[]> {
  const times = entries.map(() => ({ wall: [] as number[], cpu: [] as (number | undefined)[] }))
  const total = (1 + runs) * entries.length
  for (let round = 0; round <= runs; round++) {
    for (const [i, { contestant, circuit }] of entries.entries()) {
      report?.((round * entries.length + i) / total, contestant.name)
      const { wall, cpu, proof } = await contestant.prove()
      await circuit.check(proof, contestant.name)
      if (round === 0) continue
      times[i]!.wall.push(wall)
      times[i]!.cpu.push(cpu)
    }
  }
  return times.map(({ wall, cpu }) => {
    const known = cpu.filter((value) => value !== undefined)
    return { wall: spread(wall), ...(known.length === runs && { cpu: spread(known) }) }
  })
}
