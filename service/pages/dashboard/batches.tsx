import { duration, whole } from '../shared/format.ts'
import { batchSize } from './batch-size.ts'
import type { Batch, Stage, State } from './state.ts'

/** What a batch goes through, with the words of the page. */
const STAGES: readonly (readonly [Stage, string])[] = [
  ['cut', 'made'],
  ['witnessed', 'witness'],
  ['proved', 'proved'],
  ['sent', 'sent'],
  ['mined', 'settled'],
  ['final', 'final'],
]

const SHOWN = 14

/** Each batch on its way, the oldest first, as it holds up the others; below them the last that are final. */
export function Batches({ state, clock }: { readonly state: State; readonly clock: number }) {
  const { sealed, proved, settled, final, list } = state.batches
  const underway = list.filter(({ stage }) => stage !== 'final')
  const finals = list.filter(({ stage }) => stage === 'final').toReversed()
  const shown = [...underway.slice(0, SHOWN), ...finals.slice(0, Math.max(2, 6 - underway.length))]
  const hidden = underway.length - Math.min(underway.length, SHOWN)
  const totals = { made: sealed, proved, settled, final }
  return (
    <section class="card" id="batches" tabIndex={-1} aria-labelledby="batches-title">
      <h2 id="batches-title">Batches</h2>
      <dl class="totals">
        {Object.entries(totals).map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-total={name}>{whole(count)}</dd>
          </div>
        ))}
      </dl>
      {shown.length === 0 && <p class="muted">None yet: a batch is made when there is something to settle.</p>}
      {shown.length > 0 && (
        <div class="stages muted" aria-hidden="true">
          <span class="words">
            {STAGES.map(([stage, word]) => (
              <span key={stage}>{word}</span>
            ))}
          </span>
        </div>
      )}
      <ol class="batches">
        {shown.map((batch) => (
          <Row key={batch.batch} batch={batch} clock={clock} />
        ))}
      </ol>
      {hidden > 0 && <p class="muted">{`and ${hidden} more behind them`}</p>}
    </section>
  )
}

function Row({ batch, clock }: { readonly batch: Batch; readonly clock: number }) {
  const { circuit, stage, stages } = batch
  const reached = STAGES.findIndex(([each]) => each === stage)
  return (
    <li class={stage === 'final' ? 'batch done' : 'batch'} data-batch={batch.batch} data-stage={stage}>
      <span class="name">
        <b>{batch.batch}</b> <span class="circuit">{circuit}</span> <span class="count muted">{batchSize(batch)}</span>
      </span>
      <ol class="track">
        {STAGES.map(([each, word], i) => (
          <li key={each} class={i <= reached ? 'reached' : i === reached + 1 && stage !== 'final' ? 'next' : ''}>
            <span class="aloud">{i <= reached ? word : `not yet ${word}`}</span>
            <span class="took">{i <= reached ? tookTo(stages, i) : ''}</span>
          </li>
        ))}
      </ol>
      <Where batch={batch} clock={clock} />
    </li>
  )
}

/** From the last stage before whose time is known. */
function tookTo(stages: Batch['stages'], index: number): string {
  const at = stages[STAGES[index]![0]]
  const before = STAGES.slice(0, index)
    .map(([stage]) => stages[stage])
    .findLast((time) => time !== undefined)
  return at === undefined || before === undefined ? '' : duration(at - before)
}

/** What it waits for, and for how long. */
function Where({ batch: { stage, stages, job }, clock }: { readonly batch: Batch; readonly clock: number }) {
  const isLost = job?.state === 'failed' || job?.state === 'dead'
  const since = Math.max(0, ...Object.values(stages).filter((time) => time !== undefined))
  const told = since === 0 ? '' : ` ${duration(clock - since)}`
  if (isLost) return <span class="badge bad">{`no proof: ${job.error ?? job.state}`}</span>
  if (job !== undefined && stage !== 'final') {
    const again = job.attempts > 1 ? `, attempt ${job.attempts}` : ''
    return job.state === 'leased' ? (
      <span class="badge good">{`being proved${stage === 'witnessed' ? told : ''}${again}`}</span>
    ) : (
      <span class="badge">{`waits for a worker${told}${again}`}</span>
    )
  }
  if (stage === 'proved') return <span class="badge">{`waits to be sent${told}`}</span>
  if (stage === 'sent') return <span class="badge">{`waits to be mined${told}`}</span>
  if (stage === 'mined') return <span class="badge good">{`settled${told === '' ? '' : `${told} ago`}`}</span>
  if (stage === 'final') return <span class="badge">final</span>
  return <span class="badge">{`waits${told}`}</span>
}
