import { act, addLineOptions, type LineOptions } from './line-venue.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Has the venue settle again, and take messages, after it stopped. What stopped it stops it again if it is still there.`

export const lineResumeCommand: Verb = (run) =>
  addLineOptions(
    newVerb('resume', DESCRIPTION, ['zkclear line resume --venue http://127.0.0.1:8440 --token-file ada.txt']),
  ).action(
    run(async ({ signal }, options: LineOptions) => {
      return await act(options, 'resume', { body: {}, signal, done: 'the venue settles again' })
    }),
  )
