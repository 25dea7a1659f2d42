import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { ZkclearError } from '../protocol/errors.ts'
import type { Tls } from '../service/http/app.ts'
import { isLoopback } from '../service/loopback.ts'
import { RenewedTls, type RenewedTlsOptions } from '../service/serve/renewed-tls.ts'
import { readText } from './read-file.ts'

export interface TlsOptions {
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/**
 * Certificate and key of `--tls-cert` and `--tls-key`; undefined where neither is given. Throws FILE_UNREADABLE; INPUT_INVALID where one is
 * missing, is no PEM, or the key is another certificate's.
 */
export async function readTls({ tlsCert, tlsKey }: TlsOptions): Promise<Tls | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ZkclearError('INPUT_INVALID', 'give both --tls-cert and --tls-key', { path: '--tls-cert' })
  }
  const [cert, key] = await Promise.all([readText(tlsCert, 'proof'), readText(tlsKey, 'proof')])
  own(tlsCert, () => new X509Certificate(cert), 'is no certificate in PEM')
  own(tlsKey, () => createPrivateKey(key), 'is no private key in PEM without a passphrase')
  own(tlsKey, () => createSecureContext({ cert, key }), `is not the key of the certificate in ${tlsCert}`)
  return { cert, key }
}

/**
 * The same, for as long as a venue shows it: what its files have later takes its place, if it would have been taken at the start. Throws as
 * `readTls` and `requireReachable`.
 */
export async function followTls(
  options: TlsOptions & Reach,
  { note, warn, everyMs }: Pick<RenewedTlsOptions, 'note' | 'warn' | 'everyMs'>,
): Promise<RenewedTls | undefined> {
  const read = async () => {
    const tls = await readTls(options)
    requireReachable(options, tls)
    return tls
  }
  const first = await read()
  // Whether there is one hangs on the options alone.
  return first && new RenewedTls({ first, read: async () => (await read())!, note, warn, everyMs })
}

export interface Reach {
  readonly host: string
  readonly workers: bigint
}

/**
 * The venue's own workers come to it at that host: this machine, and what its certificate, if it has one, is for. Throws INPUT_INVALID where they
 * could not.
 */
export function requireReachable({ host, workers }: Reach, tls: Tls | undefined): void {
  if (workers === 0n) return
  if (isLoopback(host) && (tls === undefined || isFor(tls, host))) return
  const place = isLoopback(host) ? `whose certificate is not for ${host}` : `which listens at ${host}`
  const message = `is ${workers}, and they could not come to the venue, ${place}: give --workers 0, and start "zkclear worker" with the name that the certificate is for`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--workers' })
}

/** At localhost a venue listens at 127.0.0.1, and its workers are told that. */
function isFor({ cert }: Tls, host: string): boolean {
  return new X509Certificate(cert).checkIP(host === 'localhost' ? '127.0.0.1' : host) !== undefined
}

/** What is wrong is said by us: what reads the files may quote them. */
function own<T>(path: string, read: () => T, what: string): T {
  try {
    return read()
  } catch {
    throw new ZkclearError('INPUT_INVALID', what, { path })
  }
}
