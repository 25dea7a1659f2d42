import { useState } from 'preact/hooks'
import { whole } from '../shared/format.ts'
import { BusyButton } from './busy-button.tsx'
import { Outcome } from './outcome.tsx'
import { send } from './send.ts'
import type { Account } from './state.ts'
import type { Trader } from './trader.ts'
import { useAction } from './use-action.ts'

const HOUR = 3600n

/** Money in, by the owner's wallet; and out, by a message of the trading key and then the wallet. */
export function Money({ trader, account }: { readonly trader: Trader; readonly account: Account }) {
  const [asset, setAsset] = useState(0)
  const [lots, setLots] = useState('')
  const { isBusy, outcome, run } = useAction()
  const amount = /^[1-9][0-9]*$/.test(lots) ? BigInt(lots) : undefined
  const withdraw = (event: Event) => {
    event.preventDefault()
    if (amount === undefined) return
    run(() => {
      const expiry = BigInt(Math.floor(Date.now() / 1000)) + HOUR
      const sign = (nonce: bigint) => trader.signer.withdraw({ asset, amount, expiry, nonce })
      return send(trader, sign, `The withdrawal of ${whole(amount)} lots is accepted.`)
    })
  }
  return (
    <section class="card" aria-labelledby="money">
      <h2 id="money">Deposit and withdraw</h2>
      <form onSubmit={withdraw}>
        <div class="pair">
          <div>
            <label for="asset">Asset</label>
            <select id="asset" value={asset} onChange={(event) => setAsset(Number(event.currentTarget.value))}>
              {account.collateral.map((_, i) => (
                <option key={i} value={i}>
                  {i === 0 ? '0 (cash)' : i}
                </option>
              ))}
            </select>
          </div>
          <div>
            <label for="lots">Lots</label>
            <input
              id="lots"
              inputMode="numeric"
              pattern="[1-9][0-9]*"
              title="a whole number, 1 at least"
              autocomplete="off"
              value={lots}
              onInput={(event) => setLots(event.currentTarget.value)}
              required
            />
          </div>
        </div>
        <BusyButton type="submit" isBusy={isBusy}>
          {isBusy ? 'Sending …' : 'Withdraw'}
        </BusyButton>
        <Outcome outcome={outcome} />
      </form>
      <Steps title="To have a withdrawal paid" settlement={trader.settlement}>
        <li>Withdraw above: this page signs it with the trading key. The venue credits the account's owner.</li>
        <li>
          Once its batch is settled, the owner's wallet calls
          <code>{`claim(asset ${asset}, ${amount ?? '…'} lots, to)`}</code>
        </li>
      </Steps>
      <Steps title="To deposit" settlement={trader.settlement}>
        <li>
          The wallet lets the Settlement take the token: <code>approve(settlement, units)</code> at the token of the
          asset; units are lots times its lot scale.
        </li>
        <li>
          The wallet calls
          <code>{`deposit(account ${account.account}, asset ${asset}, ${amount ?? '…'} lots, owner)`}</code> with the
          queue's fee (<code>queueFee()</code>) as value. <code>zkclear account deposit</code> does both.
        </li>
      </Steps>
    </section>
  )
}

interface StepsProps {
  readonly title: string
  readonly settlement: string
  readonly children: preact.ComponentChildren
}

function Steps({ title, settlement, children }: StepsProps) {
  return (
    <details>
      <summary>{title}</summary>
      <ol class="steps">{children}</ol>
      <p class="small muted">
        Settlement: <span class="mono whole">{settlement}</span>
      </p>
    </details>
  )
}
