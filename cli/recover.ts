import { ZkclearError } from '../protocol/errors.ts'
import type { Followed } from '../protocol/recovery/follow.ts'
import { hashRiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import {
  ChainRecovery,
  type ChainRecoveryOptions,
  connectReader,
  type RecoveredExit,
  readExit,
} from '../settlement/index.ts'
import { fromBlockOption } from './chain-options.ts'
import { nextStep } from './exit-steps.ts'
import { profileOption } from './options.ts'
import { openRecoveryDirectory, type RecoveryDirectory } from './recovery-directory.ts'
import type { Session } from './session.ts'
import { accountOf, addSettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { readRiskTable } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'
import { readViewKey, VIEW_KEY } from './view-key.ts'

interface RecoverOptions {
  readonly rpc: string
  readonly settlement: string
  readonly account: bigint
  readonly viewKeyFile?: string
  readonly table?: readonly string[]
  readonly out: string
  readonly profile: ProfileName
  readonly fromBlock: bigint
}

const DESCRIPTION = `Rebuilds an account from the chain alone: nothing of the venue is needed but what its contract published, and the
account's view key, in --view-key-file or in the environment variable ${VIEW_KEY}. Writes to --out: recovery.json, what was read so
far, so that the same command goes on from there; and once it has read all, exit.json, from which "zkclear exit prove" proves
what the account is owed, and risk.json, the newest risk table: a margin request takes both. Tables that it had to compute are kept too, in
tables.json, so that later runs go on from them. Only their owner can read these files. Without the view key nobody can rebuild an account, and it can neither
exit nor prove margin.`

/** What was read is kept this often. */
const KEEP_EVERY_MS = 30_000

export const verb: Verb = (run) =>
  addSettlementOption(
    newVerb('recover', DESCRIPTION, [
      'zkclear recover --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --account 7 --view-key-file view.json --out mine',
      'zkclear recover --rpc https://... --settlement 0x... --from-block 1234567 --profile standard --account 7 --out mine --json',
    ]),
  )
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node, one that keeps all events')
    .requiredOption('--account <n>', 'index of the account', accountOf)
    .option(
      '--view-key-file <file>',
      "file with the account's view key, in decimal or as 0x and hex digits, or a file of keys",
    )
    .option(
      '--table <file...>',
      'risk tables from anywhere: one whose root the chain names is taken as it is, and not computed',
    )
    .requiredOption('--out <dir>', 'a new directory, or one that an earlier run left')
    .addOption(fromBlockOption())
    .addOption(profileOption())
    .action(
      run(async (session, options: RecoverOptions) => {
        const { settlement, profile, out } = options
        const index = Number(options.account)
        const viewKey = await readViewKey(options.viewKeyFile, index)
        const { table: files = [] } = options
        const tables = await Promise.all(files.map((file) => readRiskTable(file, profile)))
        const directory = await openRecoveryDirectory(out, profile)
        requireSameAccount(directory, index, out)
        using connection = await connectReader({ rpcUrl: options.rpc })
        const { provider, chainId } = connection
        session.log.info({ chainId: `${chainId}` }, 'connected')
        const account = { index, viewKey }
        const fromBlock = Number(options.fromBlock)
        const venue = { provider, settlement, shape: venueShape(profile), account, fromBlock }
        const atHand = { tables, snapshots: await computedBefore(directory, session) }
        const recovery = await recover(directory, { ...venue, ...atHand }, session)
        await directory.writeTable(undefined)
        const exit = await exitOf(recovery, session)
        await directory.writeExit(exit)
        await keepComputed(directory, recovery)
        await directory.writeTable(await newestTable(recovery, session))
        await keepComputed(directory, recovery)
        for (const [i, table] of tables.entries()) {
          if (recovery.tables.asked.has(hashRiskTable(table))) continue
          session.warn(
            `${files[i]} is not used: its root is neither the newest table's nor that of one which the exit needs`,
          )
        }
        const status = await readExit({ provider, settlement, account: index })
        const { stateRoot, riskRoot, riskTable } = exit
        const document = {
          ...{ out, chainId, settlement, account: index, batches: recovery.batches, block: recovery.block!.number },
          ...{ stateRoot, riskRoot, hasTable: riskTable !== undefined, period: status.period, next: nextStep(status) },
        }
        const { next, ...facts } = document
        return { document, text: `${tableText(['recovered', out], Object.entries(facts))}\n${next.text}` }
      }),
    )

/** What an earlier run computed. It can be computed again, so that what is wrong with it is no more than said. */
async function computedBefore(directory: RecoveryDirectory, session: Session) {
  try {
    return await directory.readSnapshots()
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    session.warn(`what was computed before cannot be used, so tables are computed again: ${error.message}`)
    return []
  }
}

async function keepComputed(directory: RecoveryDirectory, { tables: { computed } }: ChainRecovery): Promise<void> {
  if (computed.length > 0) await directory.keepSnapshots(computed)
}

/** What an exit is proved from. Where its table cannot be computed, somebody may have it. */
async function exitOf(recovery: ChainRecovery, session: Session): Promise<RecoveredExit> {
  try {
    return await recovery.exit(session)
  } catch (error) {
    const isOfTable = error instanceof ZkclearError && UNCOMPUTED.includes(error.details.reason)
    if (!isOfTable) throw error
    const message = `${error.message}. Or give the table whose root is ${recovery.riskRoot} with --table, from whoever has it`
    throw new ZkclearError(error.code, message, { cause: error, details: error.details })
  }
}

/** Why a table cannot be computed. */
const UNCOMPUTED: readonly unknown[] = ['MISSING', 'PARAMETERS', 'CORRUPT', 'INCOMPLETE']

/** Whoever wants to exit needs the table of the last batch only, so that what is wrong with later ones is no more than said. */
async function newestTable(recovery: ChainRecovery, session: Session) {
  try {
    return await recovery.newestTable(session)
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.code !== 'INPUT_INVALID') throw error
    session.warn(`the newest risk table cannot be computed, so there is no risk.json: ${error.message}`)
    return undefined
  }
}

function requireSameAccount({ kept }: RecoveryDirectory, index: number, path: string): void {
  if (kept === undefined || kept.index === index) return
  const message = `holds what was read for account ${kept.index}; name another directory for account ${index}`
  throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path })
}

type ForAccount = Omit<ChainRecoveryOptions, 'checkpoint'> & { readonly account: Followed }

/** Reads all that is new. What was kept and does not fit the chain any more is read again, which is said. */
async function recover(directory: RecoveryDirectory, options: ForAccount, session: Session): Promise<ChainRecovery> {
  const { kept } = directory
  try {
    return await readOn(directory, { ...options, checkpoint: kept?.checkpoint }, session)
  } catch (error) {
    if (kept === undefined || !(error instanceof ZkclearError) || !isOfTheChain(error)) throw error
    session.warn(`what was kept does not fit the chain (${error.message}); all is read again`)
    return await readOn(directory, options, session)
  }
}

/** Whether the error says that the chain is another than what was read of it. */
function isOfTheChain({ code, details }: ZkclearError): boolean {
  const elsewhere: unknown[] = [undefined, 'VIEW_KEY', 'FOREIGN']
  return code === 'INPUT_INVALID' && !elsewhere.includes(details.reason)
}

async function readOn(directory: RecoveryDirectory, options: ChainRecoveryOptions, session: Session) {
  const recovery = await ChainRecovery.open(options)
  const { index } = options.account
  let keptAt = performance.now()
  const keep = async () => {
    const checkpoint = recovery.checkpoint()
    if (checkpoint !== undefined) await directory.keep({ index, checkpoint })
    keptAt = performance.now()
  }
  try {
    for await (const _ of recovery.read(session)) if (performance.now() - keptAt > KEEP_EVERY_MS) await keep()
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.code === 'INPUT_INVALID' || recovery.block === undefined) throw error
    await keep()
    const message = `stopped after batch ${recovery.batches}: ${error.message}. The same command goes on from there`
    throw new ZkclearError(error.code, message, { cause: error, details: error.details })
  }
  await keep()
  return recovery
}
