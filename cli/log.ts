import { verb as check } from './log-check.ts'
import { verb as verify } from './log-verify.ts'
import { newGroup } from './verb.ts'

export const verb = newGroup('log', "Checks a venue's log: receipts, checkpoints, and what settlements carry of it.", {
  examples: [
    'zkclear log verify --venue https://venue.example --key-file venue-log.txt --receipt receipts.json',
    'zkclear log check --evidence evidence.json --key-file venue-log.txt',
  ],
  commands: [verify, check],
})
