import { venueCashCommand } from './venue-cash.ts'
import { venueQueueCommand } from './venue-queue.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `What the operator of a venue does every day: see what waits in the queue of its Settlement, and serve it with cash batches
for "zkclear prove cash-batch" and "zkclear settle".`

export const verb: Verb = newGroup('venue', DESCRIPTION, {
  examples: [
    'zkclear venue queue --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
    'zkclear venue cash --state run/state.json --keys view.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out cash',
  ],
  commands: [venueQueueCommand, venueCashCommand],
})
