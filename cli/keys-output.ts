import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AccountSecrets } from '../protocol/account-secrets.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { encodeKeys, encodeViewKeys } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { openOutputFile } from './output-file.ts'
import { readKeys } from './venue-files.ts'

/** A keys file that accounts are added to, and a file of view keys for the venue beside it, if one is asked for. */
export interface KeysOutput extends AsyncDisposable {
  /** Throws OUTPUT_UNWRITABLE if the file has other secrets of that account. */
  requireFree(account: number, secrets: AccountSecrets): void
  /** Adds accounts, each with these secrets, and writes the files, which only their owner can read. */
  commit(accounts: readonly number[], secrets: AccountSecrets): Promise<void>
}

/**
 * Opens the files before there is anything to write, so that what cannot be written is known first. A keys file that is there
 * already keeps its accounts. Throws OUTPUT_UNWRITABLE; INPUT_INVALID for what is no keys file.
 */
export async function openKeysOutput(path: string, viewPath: string | undefined): Promise<KeysOutput> {
  if (viewPath !== undefined && resolve(viewPath) === resolve(path)) {
    const message = `got ${viewPath}, which is the keys file; name another, for the venue must not get the keys`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--view-out' })
  }
  const there = await access(path).then(
    () => true,
    () => false,
  )
  const before = there ? await readKeys(path) : new Map<number, AccountSecrets>()
  const output = await openOutputFile(path, { isPrivate: true })
  const viewOutput = viewPath === undefined ? undefined : await openOutputFile(viewPath, { isPrivate: true })
  const requireFree = (account: number, secrets: AccountSecrets) => {
    const present = before.get(account)
    if (present === undefined || same(present, secrets)) return
    const message = `holds other secrets of an account ${account}, which stay; name another file, "zkclear account keys" derives them again`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path, details: { account } })
  }
  return {
    requireFree,
    async commit(accounts, secrets) {
      for (const account of accounts) requireFree(account, secrets)
      const all = new Map([...before, ...accounts.map((account) => [account, secrets] as const)])
      await output.commit(jsonText(encodeKeys(all)))
      const viewKeys = new Map(accounts.map((account) => [account, secrets.viewKey]))
      await viewOutput?.commit(jsonText(encodeViewKeys(viewKeys)))
    },
    async [Symbol.asyncDispose]() {
      await output[Symbol.asyncDispose]()
      await viewOutput?.[Symbol.asyncDispose]()
    },
  }
}

function same(one: AccountSecrets, other: AccountSecrets): boolean {
  const text = (secrets: AccountSecrets) => jsonText(encodeKeys(new Map([[0, secrets]])))
  return text(one) === text(other)
}
