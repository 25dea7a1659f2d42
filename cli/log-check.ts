import { convicts, decodeEvidence, type Evidence } from '../log/evidence.ts'
import { type LogKey, parseLogKey } from '../log/log-key.ts'
import { fromBlockOption } from './chain-options.ts'
import { EXIT } from './exit-codes.ts'
import { anchorsOnChain } from './log-anchors.ts'
import { readLogKey } from './log-files.ts'
import { MEANING } from './log-verify.ts'
import { named, readJson } from './read-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface LogCheckOptions {
  readonly evidence: string
  readonly keyFile?: string
  readonly rpc?: string
  readonly fromBlock: bigint
}

const DESCRIPTION = `Checks what "zkclear log verify" wrote as evidence: ends with 4 if all of it shows that the holder of the log's key lied, with 1 if any
does not. An anchor shows nothing without --rpc: what the settlement carries, and when, is taken from the chain, and not from the file.`

export const verb: Verb = (run) =>
  newVerb('check', DESCRIPTION, [
    'zkclear log check --evidence log-evidence.json --key-file venue-log.txt',
    'zkclear log check --evidence log-evidence.json --key-file venue-log.txt --rpc https://...',
  ])
    .requiredOption('--evidence <file>', 'what "zkclear log verify" wrote')
    .option('--key-file <file>', "file with the log's public key (default: the one in the file, for you to compare)")
    .option('--rpc <url>', 'JSON-RPC node, to read what settlements carry')
    .addOption(fromBlockOption())
    .action(
      run(async ({ signal }, { evidence: file, keyFile, rpc, fromBlock }: LogCheckOptions) => {
        const json = await readJson(file, 'json')
        const { key: inFile, evidence } = await named(file, () => decodeEvidence(json))
        const text = keyFile === undefined ? inFile : (await readLogKey(keyFile)).text
        const key = await named(file, () => parseLogKey(text))
        const settlement = settlementOf(evidence, key)
        const isAsked = rpc !== undefined && settlement !== undefined
        const settled = isAsked ? await anchorsOnChain({ rpc, settlement, fromBlock, signal }) : []
        const results = evidence.map((one) => ({
          kind: one.kind,
          convicts: convicts(one, key, settled),
          ...(one.kind === 'ANCHOR_UNKNOWN' && { settled: placeOf(one) }),
        }))
        const isAll = results.every((result) => result.convicts)
        const lines = results.map(({ kind, convicts: does, settled: place }) => {
          if (does) return `CONVICTS: ${MEANING[kind]}`
          return `SHOWS NOTHING: ${kind}${place === undefined ? '' : toCompare(place, isAsked)}`
        })
        const whose = keyFile === undefined ? `the key in the file, which must be the log's: ${text}` : text
        return {
          document: { convicts: isAll, key: text, keyFrom: keyFile === undefined ? 'evidence' : 'file', results },
          text: [...lines, `of ${whose}`].join('\n'),
          code: isAll ? EXIT.convicted : EXIT.false,
        }
      }),
    )

/** The Settlement of the log's key, where there are anchors of its settlements. The key names it, and not whoever wrote the file. */
function settlementOf(evidence: readonly Evidence[], { name }: LogKey): string | undefined {
  const own = evidence.find((one) => {
    return one.kind === 'ANCHOR_UNKNOWN' && name === `zkclear/${one.chainId}/${one.settlement}/0`
  })
  return own?.kind === 'ANCHOR_UNKNOWN' ? own.settlement : undefined
}

type Place = ReturnType<typeof placeOf>

function placeOf({
  chainId,
  settlement,
  batch,
  transaction,
  time,
  anchor,
}: Extract<Evidence, { kind: 'ANCHOR_UNKNOWN' }>) {
  return { chainId, settlement, batch, transaction, time, anchor }
}

function toCompare({ chainId, settlement, batch, transaction, time, anchor }: Place, isAsked: boolean): string {
  if (isAsked) return ': the chain does not carry that anchor there, or the head is not later, or the log has it'
  return ` without --rpc: to be compared with the event Settled of ${settlement} on chain ${chainId} in transaction ${transaction}: batch ${batch}, timestamp ${time}, anchor ${anchor}`
}
