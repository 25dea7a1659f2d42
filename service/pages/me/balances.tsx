import { whole } from '../shared/format.ts'
import type { Account } from './state.ts'

/** Quanta times 10^4, as the venue tells margin, in quanta; rounded down. */
const quanta = (scaled: bigint) => (scaled >= 0n ? scaled / 10_000n : -((-scaled + 9_999n) / 10_000n))

/** What the account has, and how far it is from its margin. */
export function Balances({ account, isKeyRefused }: { readonly account: Account; readonly isKeyRefused: boolean }) {
  const { collateral, positions, margin, flaggedAt, suspended, hasViewKey } = account
  const held = positions.filter(({ size, openBuy, openSell }) => size !== 0n || openBuy !== 0n || openSell !== 0n)
  return (
    <section class="card" aria-labelledby="balances">
      <h2 id="balances">Balances</h2>
      {flaggedAt !== 0n && <p class="notice bad">Flagged for liquidation: deposit, or close positions.</p>}
      {suspended && <p class="notice warn">Suspended: its orders are dead.</p>}
      {!hasViewKey && isKeyRefused && (
        <p class="notice bad">
          The view key of this file is not the one that the account was registered with: the venue takes no orders
          without that.
        </p>
      )}
      {!hasViewKey && !isKeyRefused && (
        <p class="notice warn">The venue is entering your view key; orders are taken from then on.</p>
      )}
      <dl class="facts">
        <Fact name="Cash, quanta" value={whole(collateral[0]!)} isBad={collateral[0]! < 0n} />
        {collateral.slice(1).map((lots, i) => (
          <Fact key={i} name={`Asset ${i + 1}, lots`} value={whole(lots)} />
        ))}
        {margin !== undefined && (
          <>
            <Fact name="Equity" value={whole(quanta(margin.equity))} isBad={margin.equity < 0n} />
            <Fact
              name="Free for orders"
              value={whole(quanta(margin.initialExcess))}
              isBad={margin.initialExcess < 0n}
            />
            <Fact
              name="Above maintenance"
              value={whole(quanta(margin.maintenanceExcess))}
              isBad={margin.maintenanceExcess < 0n}
            />
          </>
        )}
      </dl>
      {held.length > 0 && (
        <div class="scroll held">
          <table>
            <caption>Positions</caption>
            <thead>
              <tr>
                <th scope="col">Market</th>
                <th scope="col">Lots</th>
                <th scope="col">Mark</th>
                <th scope="col">Open buy / sell</th>
              </tr>
            </thead>
            <tbody>
              {held.map(({ market, size, mark, openBuy, openSell }) => (
                <tr key={market}>
                  <th scope="row">{market}</th>
                  <td>{size > 0n ? `+${whole(size)}` : whole(size)}</td>
                  <td>{mark === undefined ? '–' : whole(mark)}</td>
                  <td>
                    {whole(openBuy)} / {whole(openSell)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Fact({
  name,
  value,
  isBad = false,
}: {
  readonly name: string
  readonly value: string
  readonly isBad?: boolean
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isBad ? 'bad-text' : ''}>{value}</dd>
    </div>
  )
}
