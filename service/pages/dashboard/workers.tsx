import { counted, duration, whole } from '../shared/format.ts'
import type { State } from './state.ts'

const TONES = { proving: 'good', idle: '', lost: 'bad' } as const

export function Workers({ workers, clock }: { readonly workers: State['workers']; readonly clock: number }) {
  return (
    <section class="card" aria-labelledby="workers">
      <h2 id="workers">Workers</h2>
      {workers.length === 0 && <p class="muted">No worker has been heard of: nothing is proved.</p>}
      <ul class="workers">
        {workers.map(({ id, name, state, heardAt, batch, proofs, failures }) => (
          <li key={id}>
            <span class={`badge ${TONES[state]}`}>{state}</span>
            <span>
              <b>{name}</b> <span class="mono muted">{id}</span>
            </span>
            <span class="muted">
              {batch === undefined ? '' : `batch ${batch}, `}
              {counted(proofs, 'proof')}
              {failures > 0 && <b class="bad-text">{`, ${whole(failures)} failed`}</b>}
              {`, heard ${duration(clock - heardAt)} ago`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
