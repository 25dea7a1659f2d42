import { useEffect, useState } from 'preact/hooks'
import { Board } from './board.tsx'
import { follow } from './follow.ts'
import { forgetToken, keepToken, keptToken } from './kept-token.ts'
import { type ProofPoint, withProofs } from './proof-history.ts'
import { SignIn } from './sign-in.tsx'
import type { Link, Told } from './state.ts'

/** Signs in, and then shows what the venue tells for as long as the token is good. */
export function App() {
  const [token, setToken] = useState(keptToken)
  const [link, setLink] = useState<Link>({ kind: 'connecting' })
  const [told, setTold] = useState<Told>()
  const [proofs, setProofs] = useState<readonly ProofPoint[]>([])

  const signOut = () => {
    forgetToken()
    setToken(undefined)
    setTold(undefined)
    setProofs([])
  }

  useEffect(() => {
    if (token === undefined) return
    const ended = new AbortController()
    follow(token, ended.signal, {
      onState(state) {
        keepToken(token)
        setTold({ state, cameAt: performance.now() })
        setProofs((points) => withProofs(points, state))
      },
      onLink(now) {
        setLink(now)
        if (now.kind === 'refused') signOut()
      },
    })
    return () => ended.abort()
  }, [token])

  if (token === undefined) {
    return <SignIn refused={link.kind === 'refused' ? link.why : undefined} onToken={setToken} />
  }
  if (told === undefined) return <Waiting link={link} onSignOut={signOut} />
  return <Board told={told} link={link} proofs={proofs} onSignOut={signOut} />
}

function Waiting({ link, onSignOut }: { readonly link: Link; onSignOut(): void }) {
  const words = link.kind === 'lost' ? `No word from the venue: ${link.why}. It is asked again.` : 'Asking the venue …'
  return (
    <main class="sign-in">
      <div class="card">
        <p role="status">{words}</p>
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </main>
  )
}
