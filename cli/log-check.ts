import { convicts, decodeEvidence } from '../log/evidence.ts'
import { parseLogKey } from '../log/log-key.ts'
import { EXIT } from './exit-codes.ts'
import { readLogKey } from './log-files.ts'
import { MEANING } from './log-verify.ts'
import { named, readJson } from './read-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface LogCheckOptions {
  readonly evidence: string
  readonly keyFile?: string
}

const DESCRIPTION = `Checks what "zkclear log verify" wrote as evidence, by itself: ends with 4 if all of it shows that the holder of the log's key lied,
with 1 if any does not. Of an anchor it names the transaction, which the chain has to have.`

export const verb: Verb = (run) =>
  newVerb('check', DESCRIPTION, ['zkclear log check --evidence log-evidence.json --key-file venue-log.txt'])
    .requiredOption('--evidence <file>', 'what "zkclear log verify" wrote')
    .option('--key-file <file>', "file with the log's public key (default: the one in the file, for you to compare)")
    .action(
      run(async (_, { evidence: file, keyFile }: LogCheckOptions) => {
        const json = await readJson(file, 'json')
        const { key: inFile, evidence } = await named(file, () => decodeEvidence(json))
        const text = keyFile === undefined ? inFile : (await readLogKey(keyFile)).text
        const key = await named(file, () => parseLogKey(text))
        const results = evidence.map((one) => ({
          kind: one.kind,
          convicts: convicts(one, key),
          ...(one.kind === 'ANCHOR_UNKNOWN' && { transaction: one.transaction, anchor: one.anchor }),
        }))
        const isAll = results.every((result) => result.convicts)
        const lines = results.map(({ kind, convicts: does, transaction, anchor }) => {
          const where = transaction === undefined ? '' : `; see that ${transaction} carries ${anchor}`
          return does ? `CONVICTS: ${MEANING[kind]}${where}` : `SHOWS NOTHING: ${kind}`
        })
        const whose = keyFile === undefined ? `the key in the file, which must be the log's: ${text}` : text
        return {
          document: { convicts: isAll, key: text, keyFrom: keyFile === undefined ? 'evidence' : 'file', results },
          text: [...lines, `of ${whose}`].join('\n'),
          code: isAll ? EXIT.convicted : EXIT.false,
        }
      }),
    )
