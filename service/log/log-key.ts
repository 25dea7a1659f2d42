import { ZkclearError } from '../../protocol/errors.ts'
import type { LogSigner } from '../keys/key-provider.ts'
import type { Database } from '../postgres/database.ts'

/**
 * Requires that the log of this epoch goes on under the key that it began with, and remembers it where it begins: under another one it
 * would be another log to whoever checks it. Throws INPUT_INVALID.
 */
export async function requireLogKey(database: Database, { publicKey }: Pick<LogSigner, 'publicKey'>): Promise<void> {
  await database.query('INSERT INTO log_key SELECT epoch, $1 FROM leadership ON CONFLICT DO NOTHING', [
    Buffer.from(publicKey),
  ])
  const [row] = await database.query<{ key: Buffer }>('SELECT key FROM log_key JOIN leadership USING (epoch)')
  if (row!.key.equals(publicKey)) return
  const text = (key: Uint8Array) => Buffer.from(key).toString('base64')
  const message = `holds the log key ${text(publicKey)}, and the log of this database is signed with ${text(row!.key)}; give the key store that it began with, or a copy`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'key store' })
}
