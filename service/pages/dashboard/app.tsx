import { useState } from 'preact/hooks'
import { SignIn } from './sign-in.tsx'

/** How the line stands, of what GET /operator/line tells. */
interface Line {
  readonly settled: number
  readonly alerts: readonly { readonly code: string; readonly cause: string }[]
  readonly batches: readonly { readonly index: number; readonly circuit: string; readonly proved: boolean }[]
}

/** Signs an operator in, and shows how the line stands. */
export function App() {
  const [refused, setRefused] = useState<string>()
  const [line, setLine] = useState<Line>()

  const ask = async (token: string) => {
    const response = await fetch('/operator/line', { headers: { authorization: `Bearer ${token}` } })
    const answer = await response.json()
    if (response.ok) setLine(answer)
    else setRefused(`The venue refuses it: ${answer.error.message}.`)
  }

  if (line === undefined) return <SignIn refused={refused} onToken={ask} />
  return (
    <main class="card">
      <h1>{`Settled up to batch ${line.settled}`}</h1>
      <ul>
        {line.alerts.map(({ code, cause }) => (
          <li key={code}>{`${code}: ${cause}`}</li>
        ))}
      </ul>
      <ol>
        {line.batches.map(({ index, circuit, proved }) => (
          <li key={index}>{`batch ${index}, ${circuit}: ${proved ? 'proved' : 'not proved'}`}</li>
        ))}
      </ol>
    </main>
  )
}
