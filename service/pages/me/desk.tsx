import { useEffect, useState } from 'preact/hooks'
import { ends } from '../shared/format.ts'
import { Balances } from './balances.tsx'
import { Fills } from './fills.tsx'
import { follow } from './follow.ts'
import { Margin } from './margin.tsx'
import { Money } from './money.tsx'
import { OrderForm } from './order-form.tsx'
import { Orders } from './orders.tsx'
import type { Account, Fill, Link } from './state.ts'
import type { Trader } from './trader.ts'
import { useMarkets } from './use-markets.ts'

export interface DeskProps {
  readonly trader: Trader
  /** `why`: what ended it, if that was not the trader. */
  onLeave(why?: string): void
}

/** The account and all that its trader does with it. */
export function Desk({ trader, onLeave }: DeskProps) {
  const [link, setLink] = useState<Link>({ kind: 'connecting' })
  const [account, setAccount] = useState<Account>()
  const [fills, setFills] = useState<readonly Fill[]>([])
  const markets = useMarkets(trader.venue)
  useEffect(() => {
    const ended = new AbortController()
    follow(trader, ended.signal, {
      onAccount: setAccount,
      onFills: setFills,
      onLink(now) {
        setLink(now)
        if (now.kind === 'ended') onLeave('The session has ended. Sign in again.')
      },
    })
    return () => {
      // What was asked for with the token is called off before it ends: else the venue would refuse it.
      ended.abort()
      trader.session.logout().catch(() => undefined)
    }
  }, [trader])
  return (
    <>
      <header class="top">
        <h1>Account {trader.account}</h1>
        <span class="muted venue" title={trader.settlement}>
          at {ends(trader.settlement)}
        </span>
        <span class={`link ${link.kind}`} role="status">
          {LINKS[link.kind]}
        </span>
        <button type="button" onClick={() => onLeave()}>
          Sign out
        </button>
      </header>
      {account === undefined ? (
        <p class="waiting" role="status">
          {link.kind === 'lost' ? `No word from the venue: ${link.why}` : 'Reading the account …'}
        </p>
      ) : (
        <main class="desk">
          <div class="column">
            <Balances account={account} />
            <Orders trader={trader} account={account} />
            <Fills fills={fills} />
          </div>
          <div class="column">
            <OrderForm trader={trader} account={account} markets={markets} />
          </div>
          <div class="column">
            <Margin trader={trader} />
            <Money trader={trader} account={account} />
          </div>
        </main>
      )}
    </>
  )
}

const LINKS: Readonly<Record<Link['kind'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'no word from the venue',
  ended: 'ended',
}
