import { whole } from '../shared/format.ts'
import { BusyButton } from './busy-button.tsx'
import { Outcome } from './outcome.tsx'
import { send } from './send.ts'
import type { Account, OpenOrder } from './state.ts'
import type { Trader } from './trader.ts'
import { useAction } from './use-action.ts'

/** The open orders, and what takes them back. */
export function Orders({ trader, account }: { readonly trader: Trader; readonly account: Account }) {
  const { isBusy, outcome, run } = useAction()
  const { orders } = account
  const cancel = ({ market, side, price, sequence }: OpenOrder) =>
    run(() =>
      send(
        trader,
        (nonce) => trader.signer.cancel({ market, side, price, sequence, nonce }),
        'The cancel is accepted.',
      ),
    )
  const cancelAll = (market: number) =>
    run(() =>
      send(trader, (nonce) => trader.signer.cancelAll({ market, side: 'both', nonce }), 'The cancels are accepted.'),
    )
  const markets = [...new Set(orders.map(({ market }) => market))]
  return (
    <section class="card" aria-labelledby="orders">
      <h2 id="orders">Open orders</h2>
      {orders.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Market</th>
                <th scope="col">Side</th>
                <th scope="col">Lots</th>
                <th scope="col">Price</th>
                <th scope="col">
                  <span class="aloud">Cancel</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {orders.map((order) => (
                <tr key={`${order.market} ${order.side} ${order.sequence} ${order.inHand}`}>
                  <th scope="row">{order.market}</th>
                  <td class={order.side}>{order.side}</td>
                  <td>{whole(order.size)}</td>
                  <td>{whole(order.price)}</td>
                  <td>
                    {order.inHand ? (
                      <span class="muted">being matched</span>
                    ) : (
                      <BusyButton
                        type="button"
                        class="quiet"
                        isBusy={isBusy}
                        onClick={() => cancel(order)}
                        aria-label={`Cancel ${order.side} ${order.size} at ${order.price} in market ${order.market}`}
                      >
                        Cancel
                      </BusyButton>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="buttons">
        {markets.map((market) => (
          <BusyButton key={market} type="button" class="quiet" isBusy={isBusy} onClick={() => cancelAll(market)}>
            Cancel all in market {market}
          </BusyButton>
        ))}
      </div>
      <Outcome outcome={outcome} />
    </section>
  )
}
