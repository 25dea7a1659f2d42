import { ZkclearError } from '../../../protocol/errors.ts'
import type { Cryptoki, Handle } from './cryptoki.ts'

/** Where a token is, and how it is opened. */
export interface TokenPlace {
  /** Path of the PKCS#11 module. */
  readonly module: string
  /** Label of the token. */
  readonly token: string
  /** File with the user's PIN, which only its owner can read. */
  readonly pinFile: string
}

/** Of PKCS#11: a session that also makes keys, and its user. */
const [SERIAL_SESSION, RW_SESSION, USER] = [0x4, 0x2, 1]

/** Opens a session and logs in. Throws INPUT_INVALID with what is to be done where there is no such token, or the PIN is not its. */
export function login(library: Cryptoki, { module, token, pinFile }: TokenPlace, pin: string): Handle {
  const slots = library.C_GetSlotList(true)
  const labels = slots.map((slot) => library.C_GetTokenInfo(slot).label.trim())
  const slot = slots[labels.indexOf(token)]
  if (slot === undefined || labels.lastIndexOf(token) !== labels.indexOf(token)) {
    const there = labels.filter((label) => label !== '').map((label) => JSON.stringify(label))
    const which =
      slot === undefined ? `has no token ${JSON.stringify(token)}` : `has several tokens ${JSON.stringify(token)}`
    const message = `${which}; there are ${there.join(', ') || 'none'}`
    throw new ZkclearError('INPUT_INVALID', message, { path: module })
  }
  const session = library.C_OpenSession(slot, SERIAL_SESSION | RW_SESSION)
  try {
    library.C_Login(session, USER, pin)
  } catch (cause) {
    const { message } = cause as Error
    // All sessions of a process with a token share its login.
    if (message.includes('CKR_USER_ALREADY_LOGGED_IN')) return session
    library.C_CloseSession(session)
    throw refusedPin(message, { token, pinFile }, cause)
  }
  return session
}

function refusedPin(reason: string, { token, pinFile }: Pick<TokenPlace, 'token' | 'pinFile'>, cause: unknown) {
  const advice = reason.includes('CKR_PIN_LOCKED')
    ? 'its PIN is locked after wrong ones: let its security officer set it anew'
    : 'give the PIN of its user; after some wrong ones the token locks itself'
  const message = `is not taken by the token ${JSON.stringify(token)} (${/CKR_\w+/.exec(reason)?.[0] ?? 'no reason'}): ${advice}`
  return new ZkclearError('INPUT_INVALID', message, { path: pinFile, cause })
}
