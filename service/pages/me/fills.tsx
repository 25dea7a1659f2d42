import { whole } from '../shared/format.ts'
import type { Fill } from './state.ts'

const STATES: Readonly<Record<Fill['state'], { readonly tone: string; readonly words: string }>> = {
  soft: { tone: 'warn', words: 'soft' },
  proved: { tone: 'warn', words: 'proved' },
  settled: { tone: 'good', words: 'settled' },
  final: { tone: 'good', words: 'final' },
  busted: { tone: 'bad', words: 'taken back' },
}

/** Trades since the trader signed in, with how far each holds. */
export function Fills({ fills }: { readonly fills: readonly Fill[] }) {
  return (
    <section class="card" aria-labelledby="fills">
      <h2 id="fills">Fills since you signed in</h2>
      {fills.length === 0 ? (
        <p class="muted">None yet. A fill may be taken back until its batch is settled.</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Market</th>
                <th scope="col">Side</th>
                <th scope="col">Lots</th>
                <th scope="col">Price</th>
                <th scope="col">Holds</th>
              </tr>
            </thead>
            <tbody>
              {fills.map(({ number, market, side, size, price, state }) => (
                <tr key={number}>
                  <th scope="row">{market}</th>
                  <td class={side}>{side}</td>
                  <td>{whole(size)}</td>
                  <td>{whole(price)}</td>
                  <td>
                    <span class={`badge ${STATES[state].tone}`}>{STATES[state].words}</span>
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
