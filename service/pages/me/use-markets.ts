import { useEffect, useState } from 'preact/hooks'
import type { VenueClient } from '../../../client/index.ts'
import type { ZkclearError } from '../../../protocol/errors.ts'
import { SHORT_PATIENCE } from './patience.ts'
import { silenceOver } from './silence.ts'
import type { Markets } from './state.ts'

const EVERY_MS = 5_000

/** Prices and limits of the markets; that there is no risk table yet; undefined before the venue has said anything. */
export function useMarkets(venue: VenueClient): Markets | 'NOT_OPEN' | undefined {
  const [markets, setMarkets] = useState<Markets | 'NOT_OPEN'>()
  useEffect(() => {
    const ended = new AbortController()
    const ask = async () => {
      await silenceOver()
      await venue.markets({ ...SHORT_PATIENCE, signal: ended.signal }).then(setMarkets, (error: ZkclearError) => {
        if (error.details.code === 'NOT_OPEN') setMarkets('NOT_OPEN')
      })
    }
    ask()
    const timer = setInterval(ask, EVERY_MS)
    return () => {
      clearInterval(timer)
      ended.abort()
    }
  }, [venue])
  return markets
}
