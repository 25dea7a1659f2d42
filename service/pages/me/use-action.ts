import { useState } from 'preact/hooks'
import { told } from './told.ts'

/** How what was last asked for went. */
export interface Outcome {
  readonly isGood: boolean
  readonly text: string
  /** Number of the venue's record, of what was accepted. */
  readonly record?: number | undefined
}

/** Does one thing at a time, and tells how it went: `act` gives the words for that. */
export function useAction() {
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const run = async (act: () => Promise<Outcome>) => {
    setBusy(true)
    setOutcome(undefined)
    try {
      setOutcome(await act())
    } catch (error) {
      setOutcome({ isGood: false, text: told(error) })
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, outcome, run }
}
