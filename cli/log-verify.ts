import { LogClient } from '../client/log-client.ts'
import type { AnchorOnChain } from '../log/anchor-on-chain.ts'
import { auditLog, type LogAudit } from '../log/audit-log.ts'
import { evidenceText } from '../log/evidence-text.ts'
import { parseLogKey } from '../log/log-key.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { fromBlockOption } from './chain-options.ts'
import { EXIT } from './exit-codes.ts'
import { anchorsOnChain } from './log-anchors.ts'
import { readCheckpoints, readLogKey, readProofs, readReceipts } from './log-files.ts'
import { addressOf } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface LogVerifyOptions {
  readonly venue?: string
  readonly keyFile?: string
  readonly receipt: readonly string[]
  readonly checkpoint: readonly string[]
  readonly consistency: readonly string[]
  readonly rpc?: string
  readonly settlement?: string
  readonly fromBlock: bigint
  readonly out: string
}

const DESCRIPTION = `Checks that a venue's log only grew: that receipts, checkpoints, the newest head that the venue shows and the anchors that its
settlements carry are all of one log. The venue is asked for proofs and not believed. Ends with 4 if it lies, and writes what
shows that to whoever has the log's key; with 1 if something is false or missing that shows it to nobody else.`

export const verb: Verb = (run) =>
  newVerb('verify', DESCRIPTION, [
    'zkclear log verify --venue https://venue.example --key-file venue-log.txt --receipt receipts.json',
    'zkclear log verify --venue https://venue.example --rpc https://... --settlement 0x... --checkpoint yesterday.txt',
    'zkclear log verify --key-file venue-log.txt --checkpoint one.txt two.txt --consistency proof.json',
  ])
    .option('--venue <url>', 'address of the venue, or of whoever keeps its log')
    .option('--key-file <file>', "file with the log's public key (default: the one that the venue shows)")
    .option('--receipt <file...>', 'receipts: one, a list, or an answer of POST /v1/messages', [])
    .option('--checkpoint <file...>', 'checkpoints that were kept', [])
    .option('--consistency <file...>', 'proofs of consistency, as GET /v1/log/consistency gives them', [])
    .option('--rpc <url>', 'JSON-RPC node, to check what settlements carry')
    .option('--settlement <address>', "the venue's Settlement, with --rpc", addressOf('--settlement'))
    .addOption(fromBlockOption())
    .option('--out <file>', 'where evidence is written, if there is any', 'log-evidence.json')
    .action(
      run(async ({ signal }, options: LogVerifyOptions) => {
        const source = options.venue === undefined ? undefined : new LogClient(options.venue, signal)
        const text = await keyOf(options, source)
        const key = parseLogKey(text)
        const [receipts, checkpoints, proofs] = await Promise.all([
          readReceipts(options.receipt),
          readCheckpoints(options.checkpoint),
          readProofs(options.consistency),
        ])
        // Before the head: that is to hold all of them.
        const anchors = await readAnchors(options, source !== undefined, signal)
        const audit = await auditLog({ key, receipts, checkpoints, proofs, source, anchors })
        const out = audit.evidence.length > 0 ? options.out : undefined
        if (out !== undefined) {
          await using file = await openOutputFile(out)
          await file.commit(evidenceText({ key: text, evidence: audit.evidence }))
        }
        const isTrusted = options.keyFile !== undefined
        return {
          document: documentOf(audit, { key: text, isTrusted, out }),
          text: textOf(audit, { key: text, isTrusted, out }),
          code: out !== undefined ? EXIT.convicted : audit.faults.length > 0 ? EXIT.false : EXIT.success,
        }
      }),
    )

async function keyOf({ keyFile }: LogVerifyOptions, source: LogClient | undefined): Promise<string> {
  if (keyFile !== undefined) return (await readLogKey(keyFile)).text
  if (source !== undefined) return await source.key()
  throw new ZkclearError('INPUT_INVALID', 'give the key of the log, or --venue', { path: '--key-file' })
}

async function readAnchors(
  { rpc, settlement, fromBlock }: LogVerifyOptions,
  hasSource: boolean,
  signal: AbortSignal,
): Promise<readonly AnchorOnChain[]> {
  if (rpc === undefined && settlement === undefined) return []
  if (rpc === undefined || settlement === undefined || !hasSource) {
    const message = 'give --rpc, --settlement and --venue to check what settlements carry'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--rpc' })
  }
  return await anchorsOnChain({ rpc, settlement, fromBlock, signal })
}

interface About {
  readonly key: string
  readonly isTrusted: boolean
  readonly out: string | undefined
}

function documentOf({ head, faults, evidence, ...counts }: LogAudit, { key, isTrusted, out }: About) {
  return {
    valid: faults.length === 0 && evidence.length === 0,
    ...{ key, keyFrom: isTrusted ? 'file' : 'venue', out, ...counts, faults },
    evidence: evidence.map(({ kind }) => kind),
    head: head && { ...head, root: Buffer.from(head.root).toString('base64') },
  }
}

function textOf(audit: LogAudit, { key, isTrusted, out }: About): string {
  const { head, receipts, checkpoints, anchors, unlinked, faults, evidence } = audit
  const told = [`${receipts.length} receipts, ${checkpoints} checkpoints and ${anchors} anchors of settlements hold`]
  for (const { record, account, kind } of receipts)
    told.push(`receipt: record ${record}, a ${kind} of account ${account}`)
  if (head !== undefined) told.push(`head: ${head.size} records, root ${Buffer.from(head.root).toString('base64')}`)
  if (unlinked > 0) {
    told.push(`warning: nothing links ${unlinked + 1} of the heads: give --venue, or proofs of consistency`)
  }
  if (!isTrusted)
    told.push(`warning: the key is the one that the venue shows now; keep it, and give it as --key-file: ${key}`)
  for (const { name, message } of faults) told.push(`FALSE: ${name}: ${message}`)
  for (const { kind } of evidence) told.push(`THE LOG LIES: ${MEANING[kind]}`)
  if (out !== undefined) told.push(`what shows that is in ${out}`)
  return told.join('\n')
}

export const MEANING = {
  TWO_ROOTS: 'two heads of one size with two roots are signed',
  NOT_A_PREFIX: 'a later head that is signed has other records than an earlier one',
  ANCHOR_UNKNOWN: 'a settlement carries the root of a log that the signed one does not begin with',
} as const
