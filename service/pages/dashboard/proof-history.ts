import type { Batch, State } from './state.ts'

/** A proof that came: its batch, and how long after the batch was cut, in milliseconds. */
export interface ProofPoint {
  readonly batch: number
  readonly circuit: Batch['circuit']
  readonly took: number
}

const MOST_POINTS = 80

/** The points with those that a state adds, the last ones: what the page has seen since it was opened, and what the venue still lists. */
export function withProofs(points: readonly ProofPoint[], { batches }: Pick<State, 'batches'>): readonly ProofPoint[] {
  const known = new Map(points.map((point) => [point.batch, point]))
  let isNew = false
  for (const { batch, circuit, stages } of batches.list) {
    if (stages.cut === undefined || stages.proved === undefined) continue
    const took = stages.proved - stages.cut
    // Made anew, it has another proof.
    if (known.get(batch)?.took === took) continue
    known.set(batch, { batch, circuit, took })
    isNew = true
  }
  if (!isNew) return points
  return [...known.values()].toSorted((one, other) => one.batch - other.batch).slice(-MOST_POINTS)
}
