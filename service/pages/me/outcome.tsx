import { useContext } from 'preact/hooks'
import { RefusalsContext } from './refusals.ts'
import type { Outcome as Value } from './use-action.ts'

/** How it went, read aloud when it changes; also what became of it later, where it came to nothing. */
export function Outcome({ outcome }: { readonly outcome: Value | undefined }) {
  const refusals = useContext(RefusalsContext)
  const why = outcome?.record === undefined ? undefined : refusals.get(outcome.record)
  const isGood = outcome?.isGood && why === undefined
  return (
    <p class={`outcome ${isGood ? 'good' : 'bad'}`} role={outcome === undefined || isGood ? 'status' : 'alert'}>
      {why === undefined ? outcome?.text : `Record ${outcome?.record} was accepted, and came to nothing: ${why}.`}
    </p>
  )
}
