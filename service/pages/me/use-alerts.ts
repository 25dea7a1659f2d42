import { useEffect, useState } from 'preact/hooks'
import type { AlertCode } from '../../../client/wire/alerts.ts'
import { SHORT_PATIENCE } from './patience.ts'
import { silenceOver } from './silence.ts'
import type { Trader } from './trader.ts'

const EVERY_MS = 5_000

/** The alerts that the venue tells everybody, by their codes. None while it does not answer. */
export function useAlerts({ venue }: Trader): readonly AlertCode[] {
  const [alerts, setAlerts] = useState<readonly AlertCode[]>([])
  useEffect(() => {
    const ended = new AbortController()
    const ask = async () => {
      await silenceOver()
      const { alerts: told } = await venue.status({ ...SHORT_PATIENCE, signal: ended.signal })
      setAlerts(told.map(({ code }) => code))
    }
    const askQuietly = () => ask().catch(() => undefined)
    askQuietly()
    const timer = setInterval(askQuietly, EVERY_MS)
    return () => {
      clearInterval(timer)
      ended.abort()
    }
  }, [venue])
  return alerts
}
