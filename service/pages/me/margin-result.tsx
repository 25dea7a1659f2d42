import { useEffect, useState } from 'preact/hooks'
import type { ProvedMargin } from '../../../client/margin/prove-margin.ts'

/** The proof as a file, and what a contract is told beside it. */
export function MarginResult({ proved, seconds }: { readonly proved: ProvedMargin; readonly seconds: number }) {
  const [href, setHref] = useState('')
  useEffect(() => {
    const text = `${JSON.stringify(proved.document, undefined, 2)}\n`
    const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    setHref(url)
    return () => URL.revokeObjectURL(url)
  }, [proved])
  return (
    <div class="result">
      <p role="status">
        <span class="badge good">proved and checked</span> in {seconds.toFixed(1)} s
      </p>
      <p>
        <a class="button main" href={href} download="margin-proof.json">
          Save the proof
        </a>
      </p>
      <p class="small">
        Bring it to the contract with <code>since</code> = <span class="mono since">{`${proved.rootSince}`}</span>,
        soon: it takes a state and prices of a certain age only. <code>admit</code> of the package{' '}
        <code>zkclear/settlement</code> does, from any wallet; <code>samples/admit.mts</code> is a program for it.
        Whoever brings it, it counts for you, once for each purpose.
      </p>
    </div>
  )
}
