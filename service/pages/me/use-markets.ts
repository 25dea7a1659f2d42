import { useEffect, useState } from 'preact/hooks'
import type { VenueClient } from '../../../client/index.ts'
import { silenceOver } from './silence.ts'
import type { Markets } from './state.ts'

const EVERY_MS = 5_000

/** Prices and limits of the markets; undefined before the first risk table. */
export function useMarkets(venue: VenueClient): Markets | undefined {
  const [markets, setMarkets] = useState<Markets>()
  useEffect(() => {
    const ask = async () => {
      await silenceOver()
      await venue.markets().then(setMarkets, () => undefined)
    }
    ask()
    const timer = setInterval(ask, EVERY_MS)
    return () => clearInterval(timer)
  }, [venue])
  return markets
}
