import { useState } from 'preact/hooks'
import { useNow } from '../shared/use-now.ts'
import { Batches } from './batches.tsx'
import { Books } from './books.tsx'
import { Countdowns } from './countdowns.tsx'
import { Means, Waiting } from './facts.tsx'
import { Funds } from './funds.tsx'
import { Head, OtherAlerts } from './head.tsx'
import type { ProofPoint } from './proof-history.ts'
import { Proofs } from './proofs.tsx'
import { Runbook } from './runbook.tsx'
import type { Link, Told } from './state.ts'
import { TopBar } from './top-bar.tsx'
import { Workers } from './workers.tsx'

export interface BoardProps {
  readonly told: Told
  readonly link: Link
  readonly proofs: readonly ProofPoint[]
  onSignOut(): void
}

/** All of it: what cannot be undone and why first, then what moves, then what it stands on. */
export function Board({ told, link, proofs, onSignOut }: BoardProps) {
  const [runbook, setRunbook] = useState<string>()
  const now = useNow(500)
  const { state } = told
  const passed = now - told.cameAt
  /** Of the venue's clock, and of the chain's. */
  const clock = state.at + passed
  const time = Number(state.time) + passed / 1000
  return (
    <>
      <a class="skip" href="#batches">
        Skip to the batches
      </a>
      <TopBar venue={state.venue} link={link} clock={clock} onSignOut={onSignOut} />
      <main class={link.kind === 'lost' ? 'board old' : 'board'}>
        <Head told={told} link={link} now={now} onRunbook={setRunbook} />
        <Countdowns state={state} time={time} onRunbook={setRunbook} />
        <OtherAlerts alerts={state.alerts} clock={clock} onRunbook={setRunbook} />
        <Batches state={state} clock={clock} />
        <div class="cards">
          <Proofs proving={state.proving} points={proofs} />
          <Workers workers={state.workers} clock={clock} />
          <Books books={state.books} />
          <Waiting state={state} time={time} />
          <Funds state={state} clock={clock} />
          <Means state={state} clock={clock} />
        </div>
      </main>
      {runbook !== undefined && <Runbook place={runbook} onClose={() => setRunbook(undefined)} />}
    </>
  )
}
