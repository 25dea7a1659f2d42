import { act, addLineOptions, type LineOptions } from './line-venue.ts'
import { integerBetween } from './options.ts'
import { newVerb, type Verb } from './verb.ts'

interface LineRetryOptions extends LineOptions {
  readonly batch: bigint
}

const DESCRIPTION = `Has a batch proved again whose job is a dead letter: it was given out five times for nothing.`

const MOST = 1n << 40n

export const lineRetryCommand: Verb = (run) =>
  addLineOptions(
    newVerb('retry', DESCRIPTION, ['zkclear line retry --venue http://127.0.0.1:8440 --token-file ada.txt --batch 12']),
  )
    .requiredOption('--batch <n>', 'its number', integerBetween('--batch', 1n, MOST))
    .action(
      run(async ({ signal }, options: LineRetryOptions) => {
        const batch = Number(options.batch)
        const done = `batch ${batch} is to be proved again`
        return await act(options, 'retry', { body: { batch }, signal, done })
      }),
    )
