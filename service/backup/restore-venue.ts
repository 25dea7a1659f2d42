import { randomInt } from 'node:crypto'
import type { Provider } from 'ethers'
import { max } from '../../protocol/numbers.ts'
import type { ProfileName, VenueShape } from '../../protocol/shape.ts'
import type { KeyWrapper } from '../keys/key-provider.ts'
import { noteAct } from '../operator/acts.ts'
import { makeDatabase } from '../postgres/borrow.ts'
import { sequencerConfig } from '../serve/config.ts'
import { ChainReader } from '../watcher/read-chain.ts'
import { openCopy } from './copy.ts'
import { BackupFolder } from './folder.ts'
import { type Ahead, aheadOf } from './not-behind.ts'
import { restore } from './restore.ts'

export interface RestoreVenueOptions {
  /** Folder of the backup. */
  readonly path: string
  /** Folder of the embedded database; made where it is missing. */
  readonly directory: string
  readonly databaseUrl: string | undefined
  readonly keys: KeyWrapper
  readonly provider: Provider
  readonly settlement: string
  /** The block of the contract's deployment. */
  readonly fromBlock: number
  readonly profile: ProfileName
  readonly shape: VenueShape
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
  /** Throws where the venue may not go on although the chain is ahead in that; nothing is restored then. */
  judge(ahead: Ahead): void
}

/** Restores the venue of a Settlement. Throws as `restore`, `openCopy` and `aheadOf` do, and what `judge` throws. */
export async function restoreVenue(options: RestoreVenueOptions) {
  const { path, directory, databaseUrl, keys, provider, settlement, fromBlock, profile, shape, signal, warn } = options
  const copy = await openCopy(new BackupFolder(path))
  if (copy.isTorn) warn('the last part of the backup is cut off, as by a copy that did not end; it is left out')
  const reader = await ChainReader.open({ provider, settlement, shape, fromBlock, confirmations: 0 })
  const config = await sequencerConfig(reader.settlement, profile)
  await using made = await makeDatabase({ directory, databaseUrl, signal })
  const epoch = newEpoch(copy.epoch)
  let ahead: Ahead | undefined
  const { state } = await restore({
    ...{ copy, database: made.database, keys, config, settlement, epoch, warn },
    async check({ state, anchors }, transaction) {
      ahead = await aheadOf({ reader, provider, settlement, fromBlock, state, anchors })
      if (ahead === undefined) return
      options.judge(ahead)
      await noteAct(transaction, { act: `restore --accept-loss: ${ahead.message}` })
    },
  })
  return { epoch, state, isTorn: copy.isTorn, ahead }
}

/** Unix seconds and six random digits, or what comes after the epoch before: so two restores of one backup do not sign two logs of one name. */
export function newEpoch(before: bigint): bigint {
  const seconds = BigInt(Math.floor(Date.now() / 1000))
  return max(seconds * DIGITS, before + 1n) + BigInt(randomInt(Number(DIGITS)))
}

const DIGITS = 1_000_000n
