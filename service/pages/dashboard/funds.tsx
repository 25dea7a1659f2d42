import { duration, whole } from '../shared/format.ts'
import type { State } from './state.ts'

type Solvency = NonNullable<State['solvency']>

/** What the contract has against what accounts own, and what stands between a loss and the accounts. */
export function Funds({ state, clock }: { readonly state: State; readonly clock: number }) {
  const { solvency, insurance } = state
  return (
    <section class="card" aria-labelledby="funds">
      <h2 id="funds">
        Solvency{' '}
        {solvency !== undefined && (
          <span class={`badge ${solvency.isEven ? 'good' : 'bad'}`}>{solvency.isEven ? 'even' : 'not even'}</span>
        )}
      </h2>
      {solvency === undefined ? (
        <p class="muted">The chain has not been asked yet.</p>
      ) : (
        <>
          <p class="muted">{`contract and journal at batch ${solvency.batch}, read ${duration(clock - solvency.readAt)} ago`}</p>
          {solvency.assets.map((asset) => (
            <Asset key={asset.asset} {...asset} />
          ))}
        </>
      )}
      <h3>Insurance</h3>
      <dl class="facts">
        {(insurance.house ?? []).map((lots, asset) => (
          <Fact key={asset} name={`House, asset ${asset}`} value={`${whole(lots)} lots`} />
        ))}
        {insurance.house === undefined && <Fact name="House" value="not registered yet" />}
        {insurance.coverNow !== undefined && <Fact name="May pay now" value={whole(insurance.coverNow)} />}
        {insurance.coverPerHour !== undefined && <Fact name="In an hour" value={whole(insurance.coverPerHour)} />}
        <Fact name="Flagged accounts" value={whole(insurance.flagged)} />
      </dl>
    </section>
  )
}

function Asset({ asset, vault, journal, queued, claimable, balance }: Solvency['assets'][number]) {
  const isOff = journal !== undefined && vault !== journal
  return (
    <>
      <h3>{`Asset ${asset}`}</h3>
      <dl class="facts">
        <Fact name="Of accounts, by the contract" value={whole(vault)} />
        {journal !== undefined && <Fact name="Of accounts, by the journal" value={whole(journal)} isBad={isOff} />}
        <Fact name="Waits in the queue" value={whole(queued)} />
        <Fact name="Ready to be claimed" value={whole(claimable)} />
        <Fact name="The contract holds" value={whole(balance)} />
      </dl>
    </>
  )
}

export interface FactProps {
  readonly name: string
  readonly value: string
  readonly isBad?: boolean
}

export function Fact({ name, value, isBad = false }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isBad ? 'bad-text' : ''}>{value}</dd>
    </div>
  )
}
