import { useEffect, useState } from 'preact/hooks'
import { useRefocus } from '../shared/focus.ts'
import { ends } from '../shared/format.ts'
import { Balances } from './balances.tsx'
import { Fills } from './fills.tsx'
import { follow } from './follow.ts'
import { Frozen } from './frozen.tsx'
import { Halts } from './halts.tsx'
import { Margin } from './margin.tsx'
import { Money } from './money.tsx'
import { OrderForm } from './order-form.tsx'
import { Orders } from './orders.tsx'
import { type Refusals, RefusalsContext } from './refusals.ts'
import type { Account, Fill, Link } from './state.ts'
import type { Trader } from './trader.ts'
import { useAlerts } from './use-alerts.ts'
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
  const [refusals, setRefusals] = useState<Refusals>(new Map())
  const markets = useMarkets(trader.venue)
  const alerts = useAlerts(trader)
  const isFrozen = alerts.includes('FROZEN')
  const title = useRefocus<HTMLHeadingElement>()
  useEffect(() => {
    const ended = new AbortController()
    follow(trader, ended.signal, {
      onAccount: setAccount,
      onFills: setFills,
      onRefusals: setRefusals,
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
    <RefusalsContext.Provider value={refusals}>
      <header class="top">
        <h1 ref={title} tabIndex={-1}>
          Account {trader.account}
        </h1>
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
          {isFrozen && (
            <div class="column">
              <Frozen trader={trader} />
            </div>
          )}
          <div class="column">
            <Balances account={account} isKeyRefused={trader.isViewKeyRefused} />
            {!isFrozen && <Orders trader={trader} account={account} />}
            <Fills fills={fills} />
          </div>
          {!isFrozen && (
            <>
              <div class="column">
                <Halts alerts={alerts} />
                <OrderForm trader={trader} account={account} markets={markets} />
              </div>
              <div class="column">
                <Margin trader={trader} />
                <Money trader={trader} account={account} />
              </div>
            </>
          )}
        </main>
      )}
    </RefusalsContext.Provider>
  )
}

const LINKS: Readonly<Record<Link['kind'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'no word from the venue',
  ended: 'ended',
}
