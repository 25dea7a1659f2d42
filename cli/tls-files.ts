import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { ZkclearError } from '../protocol/errors.ts'
import type { Tls } from '../service/http/app.ts'
import { readText } from './read-file.ts'

export interface TlsOptions {
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/** From how many days before its end on a start warns of a certificate. */
const DAYS = 14
const DAY_MS = 86_400_000

/**
 * Certificate and key of `--tls-cert` and `--tls-key`; undefined where neither is given. Warns of a certificate that ends soon, or has ended.
 * Throws FILE_UNREADABLE; INPUT_INVALID where one is missing, is no PEM, or the key is another certificate's.
 */
export async function readTls(
  { tlsCert, tlsKey }: TlsOptions,
  warn: (message: string) => void,
  now = Date.now(),
): Promise<Tls | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ZkclearError('INPUT_INVALID', 'give both --tls-cert and --tls-key', { path: '--tls-cert' })
  }
  const [cert, key] = await Promise.all([readText(tlsCert, 'proof'), readText(tlsKey, 'proof')])
  const { validToDate } = own(tlsCert, () => new X509Certificate(cert), 'is no certificate in PEM')
  own(tlsKey, () => createSecureContext({ key }), 'is no private key in PEM without a passphrase')
  own(tlsKey, () => createSecureContext({ cert, key }), `is not the key of the certificate in ${tlsCert}`)
  if (validToDate.getTime() - now < DAYS * DAY_MS) {
    const end = `${validToDate.getTime() < now ? 'has ended' : 'ends'} on ${validToDate.toISOString().slice(0, 10)}`
    warn(`the certificate in ${tlsCert} ${end}: put the next one there, and start again`)
  }
  return { cert, key }
}

/** What is wrong is said by us: what reads the files may quote them. */
function own<T>(path: string, read: () => T, what: string): T {
  try {
    return read()
  } catch {
    throw new ZkclearError('INPUT_INVALID', what, { path })
  }
}
