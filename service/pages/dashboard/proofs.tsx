import { duration } from '../shared/format.ts'
import type { ProofPoint } from './proof-history.ts'
import type { State } from './state.ts'

const CIRCUITS = ['trade-batch', 'cash-batch', 'takeover', 'deleverage'] as const

export interface ProofsProps {
  readonly proving: State['proving']
  readonly points: readonly ProofPoint[]
}

/** How long proofs take: a plot of the last ones, and what is usual of each circuit. */
export function Proofs({ proving: { times, jobs }, points }: ProofsProps) {
  return (
    <section class="card" aria-labelledby="proofs">
      <h2 id="proofs">Proofs</h2>
      <p class="muted">
        {`${jobs.leased} being made, ${jobs.ready} to be made`}
        {jobs.failed + jobs.dead > 0 && <b class="bad-text">{`, ${jobs.failed + jobs.dead} lost`}</b>}
      </p>
      <Plot points={points} />
      <p class="muted small">A dot for each batch: from when it was made to its proof.</p>
      {times.length > 0 && (
        <table>
          <caption class="aloud">Time of a proof by circuit</caption>
          <thead>
            <tr>
              <th scope="col">Circuit</th>
              <th scope="col">Last</th>
              <th scope="col">Half below</th>
              <th scope="col">95 % below</th>
            </tr>
          </thead>
          <tbody>
            {times.map(({ circuit, last, p50, p95 }) => (
              <tr key={circuit}>
                <th scope="row">
                  <Mark circuit={circuit} /> {circuit}
                </th>
                <td>{duration(last)}</td>
                <td>{duration(p50)}</td>
                <td>{duration(p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Mark({ circuit }: { readonly circuit: ProofPoint['circuit'] }) {
  return (
    <svg class="mark" viewBox="0 0 10 10" aria-hidden="true">
      <circle class={`c${CIRCUITS.indexOf(circuit)}`} cx="5" cy="5" r="4" />
    </svg>
  )
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [420, 150, 44, 20, 8, 8]

/** Seconds that are round and above the slowest. */
function roundAbove(milliseconds: number): number {
  const seconds = milliseconds / 1000
  const power = 10 ** Math.floor(Math.log10(Math.max(seconds, 0.1)))
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= seconds) ?? 10 * power
}

/** A dot for each batch, in order: how long after it was made its proof came. */
function Plot({ points }: { readonly points: readonly ProofPoint[] }) {
  const top = roundAbove(1.05 * Math.max(950, ...points.map(({ took }) => took)))
  const [first, last] = [points[0]?.batch ?? 0, points.at(-1)?.batch ?? 1]
  const x = (batch: number) =>
    last === first ? (LEFT + WIDTH) / 2 : LEFT + ((batch - first) / (last - first)) * (WIDTH - LEFT - RIGHT)
  const y = (seconds: number) => HEIGHT - BOTTOM - (seconds / top) * (HEIGHT - BOTTOM - TOP)
  const said =
    points.length === 0
      ? 'No proof has come yet.'
      : `Time from making a batch to its proof, batches ${first} to ${last}: the last took ${duration(points.at(-1)!.took)}.`
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={said}>
      {[0, top / 2, top].map((seconds) => (
        <g key={seconds}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(seconds)} y2={y(seconds)} />
          <text x={LEFT - 8} y={y(seconds) + 4} text-anchor="end">
            {`${seconds} s`}
          </text>
        </g>
      ))}
      {points.length === 0 && (
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT / 2} text-anchor="middle">
          no proof has come yet
        </text>
      )}
      {points.length > 0 && (
        <>
          <text x={LEFT} y={HEIGHT - 4}>{`batch ${first}`}</text>
          {last > first && (
            <text x={WIDTH - RIGHT} y={HEIGHT - 4} text-anchor="end">
              {`${last}`}
            </text>
          )}
        </>
      )}
      {points.map(({ batch, circuit, took }) => (
        <circle key={batch} class={`c${CIRCUITS.indexOf(circuit)}`} cx={x(batch)} cy={y(took / 1000)} r="4">
          <title>{`batch ${batch}, ${circuit}: ${duration(took)}`}</title>
        </circle>
      ))}
    </svg>
  )
}
