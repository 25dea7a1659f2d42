import type { Outcome as Value } from './use-action.ts'

/** How it went, read aloud when it changes. */
export function Outcome({ outcome }: { readonly outcome: Value | undefined }) {
  return (
    <p class={`outcome ${outcome?.isGood ? 'good' : 'bad'}`} role={outcome?.isGood === false ? 'alert' : 'status'}>
      {outcome?.text}
    </p>
  )
}
