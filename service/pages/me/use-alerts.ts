import { useEffect, useState } from 'preact/hooks'
import type { AlertCode } from '../../../client/wire/alerts.ts'
import { statusAnswer } from '../../../client/wire/status.ts'
import { silenceOver } from './silence.ts'
import type { Trader } from './trader.ts'

const EVERY_MS = 5_000

/** The alerts that the venue tells everybody, by their codes. None while it does not answer. */
export function useAlerts({ url }: Trader): readonly AlertCode[] {
  const [alerts, setAlerts] = useState<readonly AlertCode[]>([])
  useEffect(() => {
    const ended = new AbortController()
    const ask = async () => {
      await silenceOver()
      const response = await fetch(new URL('/v1/status', url), { signal: ended.signal })
      setAlerts(statusAnswer.parse(await response.json()).alerts.map(({ code }) => code))
    }
    const askQuietly = () => ask().catch(() => undefined)
    askQuietly()
    const timer = setInterval(askQuietly, EVERY_MS)
    return () => {
      clearInterval(timer)
      ended.abort()
    }
  }, [url])
  return alerts
}
