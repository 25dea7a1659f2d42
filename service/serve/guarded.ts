import type { AlertCode } from '../../client/wire/alerts.ts'
import type { Alerts } from '../alerts/alerts.ts'
import { isFatal } from './transient.ts'

/** A turn of a loop that does not throw: what passes by itself is an alert until the next turn that succeeds, and all else goes to `onFatal`. */
export function guarded(
  { alerts, onFatal }: { readonly alerts: Alerts; readonly onFatal: (error: unknown) => void },
  code: AlertCode,
  turn: () => Promise<void>,
): () => Promise<void> {
  return async () => {
    try {
      await turn()
      alerts.set(code, undefined)
    } catch (error) {
      if (isFatal(error)) onFatal(error)
      else alerts.set(code, { cause: (error as Error).message })
    }
  }
}
