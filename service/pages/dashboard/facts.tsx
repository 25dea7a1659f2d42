import { useState } from 'preact/hooks'
import { duration, ends, short, timer, whole } from '../shared/format.ts'
import { Fact } from './funds.tsx'
import type { State } from './state.ts'

interface WaitingProps {
  readonly state: State
  /** Unix seconds, by the chain's time. */
  readonly time: number
}

/** What waits to be served, and how much more may come. */
export function Waiting({ state: { queue, intake, line }, time }: WaitingProps) {
  return (
    <section class="card" aria-labelledby="waiting">
      <h2 id="waiting">Queue and intake</h2>
      <dl class="facts">
        <Fact name="Entries that wait on the chain" value={whole(queue.waiting)} isBad={queue.isStalled} />
        {queue.deadline !== undefined && (
          <Fact name={`Entry ${queue.first} is due in`} value={timer(Number(queue.deadline) - time)} />
        )}
        <Fact name="Messages in the open batch" value={whole(intake.open)} />
        <Fact name="Messages that wait" value={whole(intake.waiting)} />
        <Fact name="Messages that may come now" value={whole(intake.credit)} />
        {line.approvals.map(({ act, name }) => (
          <Fact key={act} name={`“${act}” waits for a second operator`} value={`asked by ${name}`} />
        ))}
      </dl>
    </section>
  )
}

interface MeansProps {
  readonly state: State
  /** Unix milliseconds, by the venue's clock. */
  readonly clock: number
}

/** What the venue lives on, and the head of its log. */
export function Means({ state: { gas = [], disk, backup, log }, clock }: MeansProps) {
  return (
    <section class="card" aria-labelledby="means">
      <h2 id="means">Means and log</h2>
      <dl class="facts">
        {gas.map(({ address, balance, settlements }) => (
          <Fact
            key={address}
            name={`Gas of ${ends(address)}`}
            value={settlements === undefined ? `${short(balance)} wei` : `${short(settlements)} settlements`}
          />
        ))}
        {disk !== undefined && <Fact name="Disk free" value={`${bytes(disk.free)} of ${bytes(disk.total)}`} />}
        <Fact
          name="Newest backup"
          value={backup === undefined ? 'none yet; “zkclear backup” makes one' : `${duration(clock - backup.at)} ago`}
        />
        <Fact name="Records of the log" value={whole(log.size)} />
      </dl>
      <Copied name="Root" text={log.root} />
      <Copied name="Key" text={log.key} />
    </section>
  )
}

function bytes(count: string): string {
  const giga = Number(BigInt(count) / 10_000_000n) / 100
  return giga < 1000 ? `${giga.toFixed(1)} GB` : `${(giga / 1000).toFixed(1)} TB`
}

/** A long text by its ends, and a button that copies the whole. */
function Copied({ name, text }: { readonly name: string; readonly text: string }) {
  const [isDone, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 2000)
  }
  return (
    <p class="copied">
      <span class="muted">{name}</span>
      <span class="mono whole" title={text}>
        {text}
      </span>
      <button type="button" class="quiet" onClick={copy} aria-label={`Copy the ${name.toLowerCase()} of the log`}>
        {isDone ? 'copied' : 'copy'}
      </button>
    </p>
  )
}
