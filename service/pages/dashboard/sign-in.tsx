import { useRefocus } from '../shared/focus.ts'

/** Asks for an operator's token. `refused`: why the last one was not taken. */
export function SignIn({ refused, onToken }: { readonly refused: string | undefined; onToken(token: string): void }) {
  const field = useRefocus<HTMLInputElement>()
  const submit = (event: Event) => {
    event.preventDefault()
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token')
    if (typeof token === 'string' && token.trim() !== '') onToken(token.trim())
  }
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <h1>zkclear venue</h1>
        <p class="muted">
          What operators see. Make a token with <code>zkclear token create --scope operator</code>; it stays in this tab
          and goes when the tab is closed.
        </p>
        <label for="token">Operator's token</label>
        <input
          ref={field}
          id="token"
          name="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={refused !== undefined}
          aria-describedby="refused"
          required
        />
        <p id="refused" class="refused" role="alert">
          {refused}
        </p>
        <button class="main" type="submit">
          Sign in
        </button>
      </form>
    </main>
  )
}
