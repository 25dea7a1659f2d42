import { ZkclearError } from '../protocol/errors.ts'

/** What libraries below tell of a failure. */
interface Failure {
  readonly code?: unknown
  readonly shortMessage?: string
  readonly message?: string
  /** What the node said, where ethers has no name for it. */
  readonly error?: { readonly message?: string }
}

/** Ethers' codes for a node that did not answer as nodes do, beside the system's (ECONNREFUSED and so on). */
const UNREACHABLE: readonly unknown[] = ['NETWORK_ERROR', 'SERVER_ERROR', 'TIMEOUT']

/**
 * What kept a call or a transaction from going through, other than a contract's refusal: CHAIN_UNREACHABLE if the node did
 * not answer, else TRANSACTION_FAILED with the node's reason, such as too little to pay the gas with.
 */
export function chainError(
  cause: unknown,
  what: string,
  details: Readonly<Record<string, unknown>> = {},
): ZkclearError {
  if (cause instanceof ZkclearError) return cause
  const { code, shortMessage, message, error } = cause as Failure
  if (UNREACHABLE.includes(code) || (typeof code === 'string' && /^E[A-Z]+$/.test(code))) {
    const told = `${what}: the node does not answer (${code}); try again when it does`
    return new ZkclearError('CHAIN_UNREACHABLE', told, { cause, details })
  }
  return new ZkclearError('TRANSACTION_FAILED', `${what}: ${error?.message ?? shortMessage ?? message}`, {
    cause,
    details,
  })
}
