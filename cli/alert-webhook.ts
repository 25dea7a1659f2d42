import { Option } from 'commander'
import { ZkclearError } from '../protocol/errors.ts'
import type { WebhookOptions } from '../service/alerts/webhook.ts'
import { readOwnersFile } from './owners-file.ts'

/** Where alerts go besides. */
export interface AlertWebhookOptions {
  readonly alertWebhook?: string
  readonly alertWebhookSecretFile?: string
}

export function webhookOption(): Option {
  return new Option('--alert-webhook <url>', 'address to which each alert that begins or ends is posted, as JSON')
}

export function webhookSecretOption(): Option {
  return new Option('--alert-webhook-secret-file <file>', 'file with a secret that signs what is posted, mode 0600')
}

/** Throws FILE_UNREADABLE; INPUT_INVALID for a file that others can read, and for a secret without an address. */
export async function readWebhook({
  alertWebhook: url,
  alertWebhookSecretFile: file,
}: AlertWebhookOptions): Promise<Pick<WebhookOptions, 'url' | 'secret'> | undefined> {
  if (url === undefined && file !== undefined) {
    throw new ZkclearError('INPUT_INVALID', 'signs nothing without --alert-webhook', {
      path: '--alert-webhook-secret-file',
    })
  }
  if (url === undefined) return undefined
  if (file === undefined) return { url }
  return { url, secret: await readOwnersFile(file, { holds: 'a secret', renew: 'take a new secret' }) }
}
