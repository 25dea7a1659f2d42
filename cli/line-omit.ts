import { act, addLineOptions, type LineOptions } from './line-venue.ts'
import { integerBetween } from './options.ts'
import { newVerb, type Verb } from './verb.ts'

interface LineOmitOptions extends LineOptions {
  readonly record: readonly bigint[]
}

const DESCRIPTION = `Leaves out messages: all that is not settled is made anew without them, and their traders are told that they were refused. For a batch of
which no witness or proof can be made; "zkclear line show" names the messages of each by the number of their record.`

const MOST = 1n << 40n
const readRecord = integerBetween('--record', 0n, MOST)

export const lineOmitCommand: Verb = (run) =>
  addLineOptions(
    newVerb('omit', DESCRIPTION, [
      'zkclear line omit --venue http://127.0.0.1:8440 --token-file ada.txt --record 4711',
    ]),
  )
    .requiredOption('--record <n>', 'number of its record (repeatable)', (text: string, before: bigint[] = []) => [
      ...before,
      readRecord(text),
    ])
    .action(
      run(async ({ signal }, options: LineOmitOptions) => {
        const records = options.record.map(Number)
        const done = `what is not settled is made anew without ${records.join(', ')}`
        return await act(options, 'omit', { body: { records }, signal, done })
      }),
    )
