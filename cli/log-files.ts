import { z } from 'zod'
import { consistencyAnswer } from '../client/wire/log.ts'
import type { GivenReceipt, Named } from '../log/audit-log.ts'
import { type LogKey, parseLogKey } from '../log/log-key.ts'
import { receiptSchema } from '../log/receipt.ts'
import { decodeWith } from '../venue/files/schema.ts'
import { jsonOf, named, readJson, readText } from './read-file.ts'

const receipts = z.union([
  receiptSchema.transform((receipt) => [{ receipt, record: undefined }]),
  z.array(receiptSchema.transform((receipt) => ({ receipt, record: undefined }))),
  z
    .looseObject({
      verdicts: z.array(
        z.looseObject({ record: receiptSchema.shape.record.optional(), receipt: receiptSchema.optional() }),
      ),
    })
    .transform(({ verdicts }) =>
      verdicts.flatMap(({ record, receipt }) => (receipt === undefined ? [] : [{ receipt, record }])),
    ),
])

/** Receipts of files: one, a list, or an answer of POST /v1/messages. Throws FILE_UNREADABLE, INPUT_INVALID. */
export async function readReceipts(files: readonly string[]): Promise<GivenReceipt[]> {
  const read = await Promise.all(
    files.map(async (file) => {
      const json = await readJson(file, 'json')
      return await named(file, () => decodeWith(receipts, json, 'INPUT_INVALID', 'receipts'))
    }),
  )
  return read.flatMap((found, i) =>
    found.map(({ receipt: value, record: asked }) => ({
      ...{ name: `receipt of record ${asked ?? value.record} in ${files[i]}`, value, asked },
    })),
  )
}

/** Signed notes, as they are or as `{ checkpoint }`. Throws as {@link readReceipts}. */
export async function readCheckpoints(files: readonly string[]): Promise<Named<string>[]> {
  return await Promise.all(files.map(async (file) => ({ name: file, value: await readTextOr(file, 'checkpoint') })))
}

/** What is in a file as it is, or as the field of an answer of the venue's. */
async function readTextOr(file: string, field: string): Promise<string> {
  const text = await readText(file, 'proof')
  if (!text.startsWith('{')) return text
  const answer = z.strictObject({ [field]: z.string() })
  return (await named(file, () => decodeWith(answer, jsonOf(text, file), 'INPUT_INVALID', field)))[field]!
}

/** Answers of GET /v1/log/consistency. Throws as {@link readReceipts}. */
export async function readProofs(files: readonly string[]) {
  return await Promise.all(
    files.map(async (file) => {
      const json = await readJson(file, 'proof')
      const proof = await named(file, () => decodeWith(consistencyAnswer, json, 'INPUT_INVALID', 'consistency'))
      return { ...proof, from: BigInt(proof.from), to: BigInt(proof.to) }
    }),
  )
}

/** The public key of a log, as it is or as `{ key }`. Throws as {@link readReceipts}. */
export async function readLogKey(file: string): Promise<{ readonly text: string; readonly key: LogKey }> {
  const text = (await readTextOr(file, 'key')).trim()
  return { text, key: await named(file, () => parseLogKey(text)) }
}
