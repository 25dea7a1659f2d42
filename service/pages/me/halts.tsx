import type { AlertCode } from '../../../client/wire/alerts.ts'

/** What keeps everybody from trading, and how it ends. */
const HALTS: readonly (readonly [AlertCode, string])[] = [
  ['CLOSING', "The venue's end is announced: close positions and withdraw before it is frozen."],
  ['LINE_STOPPED', 'The venue settles nothing and takes no messages until its operators have helped it.'],
  ['PAUSED', 'Trading is paused; withdrawals go on for accounts without open orders.'],
]

/** What the venue says that keeps everybody from trading. */
export function Halts({ alerts }: { readonly alerts: readonly AlertCode[] }) {
  return (
    <div class="halts" role="status">
      {HALTS.filter(([code]) => alerts.includes(code)).map(([code, words]) => (
        <p key={code} class="notice warn">
          {words}
        </p>
      ))}
    </div>
  )
}
