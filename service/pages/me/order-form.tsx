import { useState } from 'preact/hooks'
import { whole } from '../shared/format.ts'
import { Book } from './book.tsx'
import { BusyButton } from './busy-button.tsx'
import { Outcome } from './outcome.tsx'
import { send } from './send.ts'
import type { Account, Markets } from './state.ts'
import type { Trader } from './trader.ts'
import { useAction } from './use-action.ts'

export interface OrderFormProps {
  readonly trader: Trader
  readonly account: Account
  readonly markets: Markets | 'NOT_OPEN' | undefined
}

const SIDES = ['buy', 'sell'] as const
const TERMS = {
  GTC: 'until cancelled',
  IOC: 'at once or not',
  POST_ONLY: 'only resting',
} as const
type Term = keyof typeof TERMS

/** Places an order. */
export function OrderForm({ trader, account, markets }: OrderFormProps) {
  const [market, setMarket] = useState(0)
  const [side, setSide] = useState<(typeof SIDES)[number]>('buy')
  const [term, setTerm] = useState<Term>('GTC')
  const { isBusy, outcome, run } = useAction()
  const submit = (event: Event) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const number = (name: string) => BigInt(`${form.get(name)}`)
    run(async () => {
      const [price, size] = [number('price'), number('size')]
      const expiry = BigInt(Math.floor(Date.now() / 1000)) + 60n * number('minutes')
      const reduceOnly = term === 'IOC' && form.get('reduce') !== null
      const terms = { market, side, price, size, expiry, timeInForce: term, reduceOnly }
      const done = `${side === 'buy' ? 'Buys' : 'Sells'} ${whole(size)} ${size === 1n ? 'lot' : 'lots'} at ${whole(price)}: accepted.`
      return send(trader, (nonce) => trader.signer.order({ ...terms, nonce }), done)
    })
  }
  if (markets === undefined || markets === 'NOT_OPEN') {
    return (
      <section class="card" aria-labelledby="order">
        <h2 id="order">Order</h2>
        <p class="muted">
          {markets === undefined ? 'Reading the markets …' : 'Trading opens with the first risk table.'}
        </p>
      </section>
    )
  }
  const shown = markets.markets[market]
  return (
    <section class="card" aria-labelledby="order">
      <h2 id="order">Order</h2>
      <form class="order" onSubmit={submit}>
        <div class="pair">
          <div>
            <label for="market">Market</label>
            <select id="market" value={market} onChange={(event) => setMarket(Number(event.currentTarget.value))}>
              {markets.markets.map(({ market, phase }) => (
                <option key={market} value={market}>
                  {phase === 'OPEN' ? market : `${market} (${phase.toLowerCase()})`}
                </option>
              ))}
            </select>
          </div>
          <fieldset class="sides">
            <legend>Side</legend>
            {SIDES.map((each) => (
              <label key={each} class={each === side ? `${each} chosen` : each}>
                <input type="radio" name="side" class="aloud" checked={each === side} onChange={() => setSide(each)} />
                {each}
              </label>
            ))}
          </fieldset>
        </div>
        <div class="pair">
          <Whole name="price" label="Price per lot" initial={shown?.mark} key={`price ${market}`} />
          <Whole name="size" label="Lots" initial={shown?.minOrder} key={`size ${market}`} />
        </div>
        <div class="pair">
          <div>
            <label for="term">In force</label>
            <select id="term" value={term} onChange={(event) => setTerm(event.currentTarget.value as Term)}>
              {Object.entries(TERMS).map(([name, words]) => (
                <option key={name} value={name}>
                  {words}
                </option>
              ))}
            </select>
          </div>
          <Whole name="minutes" label="For minutes" initial={60n} />
        </div>
        {term === 'IOC' && (
          <label class="check" for="reduce">
            <input id="reduce" name="reduce" type="checkbox" />
            Only to reduce the position
          </label>
        )}
        <BusyButton class={`main ${side}`} type="submit" isBusy={isBusy} disabled={!account.hasViewKey}>
          {isBusy ? 'Sending …' : side === 'buy' ? 'Buy' : 'Sell'}
        </BusyButton>
        <Outcome outcome={outcome} />
      </form>
      {shown !== undefined && <Book venue={trader.venue} market={market} mark={shown.mark} />}
    </section>
  )
}

interface WholeProps {
  readonly name: string
  readonly label: string
  readonly initial: bigint | undefined
}

function Whole({ name, label, initial }: WholeProps) {
  return (
    <div>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        inputMode="numeric"
        pattern="[1-9][0-9]*"
        title="a whole number, 1 at least"
        autocomplete="off"
        defaultValue={initial === undefined ? '' : `${initial}`}
        required
      />
    </div>
  )
}
