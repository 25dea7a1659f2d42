import { useEffect, useState } from 'preact/hooks'
import type { PublicBook, VenueClient } from '../../../client/index.ts'
import { whole } from '../shared/format.ts'
import { silenceOver } from './silence.ts'

export interface BookProps {
  readonly venue: VenueClient
  readonly market: number
  readonly mark: bigint
}

const LEVELS = 4
const AGAIN_MS = 2_000

/** The best prices of a market, as they change. */
export function Book({ venue, market, mark }: BookProps) {
  const [book, setBook] = useState<PublicBook>()
  useEffect(() => {
    const ended = new AbortController()
    const { signal } = ended
    const follow = async () => {
      while (!signal.aborted) {
        await silenceOver()
        try {
          for await (const now of venue.followBook(market, { signal })) setBook(now)
        } catch {
          // It is followed anew, from a whole book.
        }
        if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
    setBook(undefined)
    follow()
    return () => ended.abort()
  }, [venue, market])
  const asks = book?.asks.slice(0, LEVELS).toReversed() ?? []
  const bids = book?.bids.slice(0, LEVELS) ?? []
  return (
    <table class="book">
      <caption>Book of market {market}</caption>
      <thead>
        <tr>
          <th scope="col">Price</th>
          <th scope="col">Lots</th>
        </tr>
      </thead>
      <tbody>
        {asks.map(([price, size]) => (
          <Level key={`ask ${price}`} side="sell" price={price} size={size} />
        ))}
        <tr class="mark">
          <th scope="row">{whole(mark)}</th>
          <td>mark</td>
        </tr>
        {bids.map(([price, size]) => (
          <Level key={`bid ${price}`} side="buy" price={price} size={size} />
        ))}
      </tbody>
    </table>
  )
}

function Level({
  side,
  price,
  size,
}: {
  readonly side: 'buy' | 'sell'
  readonly price: bigint
  readonly size: bigint
}) {
  return (
    <tr>
      <th scope="row" class={side}>
        {whole(price)} <span class="aloud">{side === 'buy' ? 'bid' : 'asked'}</span>
      </th>
      <td>{whole(size)}</td>
    </tr>
  )
}
