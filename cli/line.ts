import { lineActsCommand } from './line-acts.ts'
import { lineOmitCommand } from './line-omit.ts'
import { lineResumeCommand } from './line-resume.ts'
import { lineRetryCommand } from './line-retry.ts'
import { lineShowCommand } from './line-show.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `What an operator sees and decides of a venue's line of batches, from its making to its settlement: how each stands, to settle again after a
stop, to try a dead letter again, to leave out a message that no proof gets by; and what operators had done. Needs a token of an operator
(zkclear token create).`

export const verb: Verb = newGroup('line', DESCRIPTION, {
  examples: [
    'zkclear line show --venue http://127.0.0.1:8440 --token-file ada.txt',
    'zkclear line resume --venue https://venue.example:8440 --token-file ada.txt',
  ],
  commands: [lineShowCommand, lineResumeCommand, lineRetryCommand, lineOmitCommand, lineActsCommand],
})
