import { useState } from 'preact/hooks'
import { ZkclearError } from '../../../protocol/errors.ts'
import { decodeKeys } from '../../../venue/files/keys-file.ts'
import { useRefocus } from '../shared/focus.ts'
import { BusyButton } from './busy-button.tsx'
import { told } from './told.ts'
import { signIn, type Trader } from './trader.ts'
import { forgetKeys, keep, keptAccount, LEAST_PASSPHRASE, type OwnKeys, unlock } from './vault.ts'

export interface SignInProps {
  /** Why the last session ended. */
  readonly notice: string | undefined
  onTrader(trader: Trader): void
}

/** Takes the keys of an account: from their file, or from this browser, where they are kept under a passphrase. */
export function SignIn({ notice, onTrader }: SignInProps) {
  const [kept, setKept] = useState(keptAccount)
  const [error, setError] = useState(notice)
  const [isBusy, setBusy] = useState(false)
  const enter = async (keys: () => Promise<OwnKeys>) => {
    setBusy(true)
    setError(undefined)
    try {
      onTrader(await signIn(await keys()))
    } catch (failure) {
      setError(told(failure))
      setBusy(false)
    }
  }
  const forget = () => {
    forgetKeys()
    setKept(undefined)
  }
  return (
    <main class="sign-in">
      <div class="card">
        <h1>My account</h1>
        <p class="muted">
          Your trading key signs, and your owner's secret proves, in this page: neither is sent anywhere. The venue gets
          your view key, which it needs to trade for you.
        </p>
        {kept === undefined ? (
          <WithFile isBusy={isBusy} onKeys={enter} />
        ) : (
          <WithPassphrase account={kept} isBusy={isBusy} onKeys={enter} onForget={forget} />
        )}
        <p class="refused" role="alert">
          {error}
        </p>
      </div>
    </main>
  )
}

interface FormProps {
  readonly isBusy: boolean
  onKeys(keys: () => Promise<OwnKeys>): void
}

function WithFile({ isBusy, onKeys }: FormProps) {
  const [keeps, setKeeps] = useState(false)
  const first = useRefocus<HTMLInputElement>()
  const submit = (event: Event) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    onKeys(async () => {
      const keys = await keysIn(form.get('keys') as File, `${form.get('account') ?? ''}`)
      if (keeps) await keep(keys, `${form.get('passphrase')}`)
      return keys
    })
  }
  return (
    <form onSubmit={submit}>
      <label for="keys">Keys file</label>
      <input ref={first} id="keys" name="keys" type="file" accept=".json,application/json" required />
      <label for="account">
        Account <span class="muted">if the file has several</span>
      </label>
      <input id="account" name="account" inputMode="numeric" pattern="[0-9]*" autocomplete="off" />
      <label class="check" for="keeps">
        <input id="keeps" type="checkbox" checked={keeps} onChange={() => setKeeps(!keeps)} />
        Keep the keys in this browser, under a passphrase
      </label>
      {keeps && (
        <>
          <label for="passphrase">Passphrase</label>
          <input
            id="passphrase"
            name="passphrase"
            type="password"
            autocomplete="new-password"
            minLength={LEAST_PASSPHRASE}
            aria-describedby="passphrase-told"
            required
          />
          <p id="passphrase-told" class="muted small">
            {LEAST_PASSPHRASE} characters at least. Who has this browser's data and the passphrase has the keys.
          </p>
        </>
      )}
      <BusyButton class="main" type="submit" isBusy={isBusy}>
        {isBusy ? 'Signing in …' : 'Sign in'}
      </BusyButton>
    </form>
  )
}

function WithPassphrase({
  account,
  isBusy,
  onKeys,
  onForget,
}: FormProps & { readonly account: number; onForget(): void }) {
  const first = useRefocus<HTMLInputElement>()
  const submit = (event: Event) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    onKeys(() => unlock(`${form.get('passphrase')}`))
  }
  return (
    <form onSubmit={submit}>
      <label for="passphrase">Passphrase of account {account}</label>
      <input ref={first} id="passphrase" name="passphrase" type="password" autocomplete="current-password" required />
      <div class="buttons">
        <BusyButton class="main" type="submit" isBusy={isBusy}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </BusyButton>
        <button type="button" onClick={onForget}>
          Forget these keys
        </button>
      </div>
    </form>
  )
}

const WRITTEN = 'take the one that "zkclear account register" wrote'

/** Whether it could be one: where nothing of it is there, no field's error would help. */
function isKeysFile(json: unknown): boolean {
  return Object.hasOwn(Object(json), 'accounts')
}

/** Throws INPUT_INVALID for what is no keys file, or has no such account; what stands in it is not repeated. */
async function keysIn(file: File, account: string): Promise<OwnKeys> {
  let json: unknown
  try {
    json = JSON.parse(await file.text())
  } catch {
    throw new ZkclearError('INPUT_INVALID', `the file holds no JSON; ${WRITTEN}`)
  }
  if (!isKeysFile(json)) {
    throw new ZkclearError('INPUT_INVALID', `this is no keys file; ${WRITTEN}`)
  }
  const all = decodeKeys(json)
  const index = account === '' && all.size === 1 ? [...all.keys()][0]! : Number(account)
  const secrets = all.get(index)
  if (account !== '' || all.size === 1) {
    if (secrets !== undefined) return { account: index, secrets }
    throw new ZkclearError('INPUT_INVALID', `the file has no keys of account ${index}`)
  }
  throw new ZkclearError('INPUT_INVALID', `the file has keys of the accounts ${[...all.keys()].join(', ')}; say which`)
}
