import { short, whole } from '../shared/format.ts'
import type { State } from './state.ts'

type Book = State['books'][number]

const PHASES = { OPEN: 'open', SHELTERED: 'sheltered', SETTLED: 'settled' } as const

/** What rests in the book of each market, by side. */
export function Books({ books }: { readonly books: State['books'] }) {
  const most = books.reduce((all, { bidLots, askLots }) => [all, BigInt(bidLots), BigInt(askLots)].reduce(max), 1n)
  return (
    <section class="card" aria-labelledby="books">
      <h2 id="books">Books</h2>
      <table class="books">
        <caption class="aloud">Lots that rest in the book of each market</caption>
        <thead>
          <tr>
            <th scope="col">Market</th>
            <th scope="col">Mark</th>
            <th scope="col">Bids</th>
            <th scope="col">Asks</th>
            <th scope="col">Open</th>
          </tr>
        </thead>
        <tbody>
          {books.map((book) => (
            <Row key={book.market} book={book} most={most} />
          ))}
        </tbody>
      </table>
      <p class="muted small">Lots that rest; open: lots of open interest.</p>
    </section>
  )
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}

function Row({ book, most }: { readonly book: Book; readonly most: bigint }) {
  const { market, phase, mark, bids, asks, bidLots, askLots, openInterest, waiting } = book
  return (
    <tr>
      <th scope="row">
        {market} {phase !== undefined && phase !== 'OPEN' && <span class="badge warn">{PHASES[phase]}</span>}
        {waiting > 0 && <span class="badge">{`${waiting} wait`}</span>}
      </th>
      <td>{mark === undefined ? '–' : whole(mark)}</td>
      <td title={`${whole(bidLots)} lots in ${bids} orders`}>
        {short(bidLots)}
        <Depth side="bid" lots={BigInt(bidLots)} most={most} />
      </td>
      <td title={`${whole(askLots)} lots in ${asks} orders`}>
        {short(askLots)}
        <Depth side="ask" lots={BigInt(askLots)} most={most} />
      </td>
      <td title={`${whole(openInterest)} lots`}>{short(openInterest)}</td>
    </tr>
  )
}

function Depth({ side, lots, most }: { readonly side: 'bid' | 'ask'; readonly lots: bigint; readonly most: bigint }) {
  return (
    <svg class="depth" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class={side} width={Number((lots * 100n) / most)} height="4" rx="1" />
    </svg>
  )
}
