import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import type { ArtifactOptions } from './options.ts'

export interface RiskUpdateOptions extends ArtifactOptions {
  readonly parameters?: string
  readonly report: readonly string[]
  readonly before?: string
  readonly retired?: readonly bigint[]
  readonly chainId?: bigint
  readonly settlement: string
  readonly out: string
  readonly snapshotOut: string
  readonly rpc?: string
  readonly privateKeyFile?: string
  readonly fromBlock: bigint
}

/** Throws INPUT_INVALID if an output would take the place of the other, or of the snapshot that is read. */
export async function requireOwnNames({ out, snapshotOut, before }: RiskUpdateOptions): Promise<void> {
  const fileOf = (path: string) => realpath(path).catch(() => resolve(path))
  const named = async (path: string | undefined) => (path === undefined ? undefined : await fileOf(path))
  const [proof, snapshot, old] = await Promise.all([named(out), named(snapshotOut), named(before)])
  const refuse = (given: string, other: string, path: string) => {
    throw new ZkclearError('INPUT_INVALID', `is ${given}, the file of ${other}; name another one`, { path })
  }
  if (proof === snapshot) refuse(out, '--snapshot-out', '--out')
  if (proof === old) refuse(out, '--before', '--out')
}
