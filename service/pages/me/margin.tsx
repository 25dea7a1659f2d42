import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type ProvedMargin, proveMargin } from '../../../client/margin/prove-margin.ts'
import { fetchMarginFiles } from '../../../client/margin/proving-files.ts'
import { WorkerProver } from '../../../client/margin/worker-prover.ts'
import { marginContext } from '../../../protocol/domain.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { refocus } from '../shared/focus.ts'
import { MarginResult } from './margin-result.tsx'
import { startMarginWorker } from './margin-thread.ts'
import { inSilence } from './silence.ts'
import { told } from './told.ts'
import type { Trader } from './trader.ts'

/** How far a proof is: a sentence, and a part of all of it. */
interface Doing {
  readonly words: string
  readonly fraction: number
}

/** Shares of the time that a proof takes, once its key is here, before each stage. */
const STAGES: Readonly<Record<string, { readonly words: string; readonly from: number; readonly share: number }>> = {
  witness: { words: 'Working out the witness', from: 0, share: 0.1 },
  prove: { words: 'Proving', from: 0.1, share: 0.85 },
  verify: { words: 'Checking the proof', from: 0.95, share: 0.05 },
}

/** Proves, here, that the account has enough margin. */
export function Margin({ trader }: { readonly trader: Trader }) {
  const prover = useRef<WorkerProver>(undefined)
  const underWay = useRef<AbortController>(undefined)
  const [doing, setDoing] = useState<Doing>()
  const [error, setError] = useState<string>()
  const [result, setResult] = useState<{ readonly proved: ProvedMargin; readonly seconds: number }>()
  const start = useRef<HTMLButtonElement>(null)
  const stop = useRef<HTMLButtonElement>(null)
  const isProving = doing !== undefined
  // The one takes the place of the other.
  useLayoutEffect(() => refocus(isProving ? stop.current : start.current), [isProving])
  useEffect(
    () => () => {
      underWay.current?.abort()
      prover.current?.[Symbol.dispose]()
    },
    [],
  )
  const prove = async (terms: { readonly ratioBps: bigint; readonly context: bigint }, signal: AbortSignal) => {
    prover.current ??= await withKey(trader, signal, setDoing)
    await prover.current.load({ signal })
    setDoing({ words: 'Asking for the account', fraction: 0 })
    const opening = await trader.session.opening({ signal })
    const started = performance.now()
    const { current } = prover
    const proved = await inSilence(() =>
      proveMargin({
        ...{ ...terms, opening, domain: trader.domain, secrets: trader.secrets, prover: current, signal },
        onProgress({ stage, fraction }) {
          const { words, from, share } = STAGES[stage]!
          setDoing({ words, fraction: from + share * fraction })
        },
      }),
    )
    setResult({ proved, seconds: (performance.now() - started) / 1000 })
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => `${form.get(name)}`.trim()
    underWay.current = new AbortController()
    setError(undefined)
    setResult(undefined)
    setDoing({ words: 'Beginning', fraction: 0 })
    try {
      const terms = { ratioBps: BigInt(text('ratio')), context: marginContext(text('gate'), text('purpose')) }
      await prove(terms, underWay.current.signal)
    } catch (failure) {
      const isCalledOff = failure instanceof ZkclearError && failure.code === 'ABORTED'
      setError(isCalledOff ? 'Called off. Nothing was sent.' : told(failure))
    } finally {
      setDoing(undefined)
    }
  }
  return (
    <section class="card" aria-labelledby="margin">
      <h2 id="margin">Prove my margin</h2>
      <p class="muted small">
        Shows a contract that you have enough margin, and not which account is yours. It is proved in this page; nothing
        is sent meanwhile.
      </p>
      <form onSubmit={submit}>
        <label for="gate">Contract that asks for it</label>
        <input
          id="gate"
          name="gate"
          class="mono"
          placeholder="0x…"
          pattern="0x[0-9a-fA-F]{40}"
          title="0x and 40 hex digits"
          autocomplete="off"
          required
        />
        <label for="purpose">Purpose, 32 bytes in hex</label>
        <input
          id="purpose"
          name="purpose"
          class="mono"
          placeholder="0x…"
          pattern="0x[0-9a-fA-F]{64}"
          title="0x and 64 hex digits: what the contract calls what it asks the proof for"
          autocomplete="off"
          required
        />
        <label for="ratio">Ratio in basis points</label>
        <input
          id="ratio"
          name="ratio"
          inputMode="numeric"
          pattern="[1-9][0-9]{0,5}"
          title="a whole number, 1 at least; 10000 is maintenance margin"
          defaultValue="10000"
          required
        />
        {doing === undefined ? (
          <button ref={start} class="main" type="submit">
            Prove my margin
          </button>
        ) : (
          <div class="proving">
            <p role="status">{doing.words} …</p>
            <progress max={1} value={doing.fraction} aria-label="How far the proof is" />
            <button ref={stop} type="button" onClick={() => underWay.current?.abort()}>
              Cancel
            </button>
          </div>
        )}
      </form>
      <p class="refused" role="alert">
        {error}
      </p>
      {result !== undefined && <MarginResult {...result} />}
    </section>
  )
}

/** A prover with the venue's key, which is fetched once. */
async function withKey({ url, session }: Trader, signal: AbortSignal, onDoing: (doing: Doing) => void) {
  const files = await fetchMarginFiles(
    { url },
    {
      ...{ token: session.token, signal },
      onProgress: (received, total) => onDoing({ words: 'Fetching the proving key', fraction: received / total }),
    },
  )
  return new WorkerProver(startMarginWorker, files)
}
