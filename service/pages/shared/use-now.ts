import { useEffect, useState } from 'preact/hooks'

/** The page's clock in milliseconds, as performance.now() has it; what uses it is drawn anew that often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
