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
  const one = z.strictObject({ checkpoint: z.string() })
  return await Promise.all(
    files.map(async (file) => {
      const text = await readText(file, 'proof')
      if (!text.startsWith('{')) return { name: file, value: text }
      const { checkpoint } = await named(file, () => decodeWith(one, jsonOf(text, file), 'INPUT_INVALID', 'checkpoint'))
      return { name: file, value: checkpoint }
    }),
  )
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

/** The public key of a log. Throws as {@link readReceipts}. */
export async function readLogKey(file: string): Promise<{ readonly text: string; readonly key: LogKey }> {
  const text = (await readText(file, 'proof')).trim()
  return { text, key: await named(file, () => parseLogKey(text)) }
}
