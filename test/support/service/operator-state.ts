import type { OperatorState } from '../../../client/wire/operator.ts'
import { operatorStateOf, type StateFacts } from '../../../service/operator/state.ts'
import type { SequencerState } from '../../../service/sequencer/state.ts'

/** What an operator sees of a sequencer alone, of which nothing else is known but what is given. */
export function stateOf(
  state: SequencerState,
  { approvals = [], ...facts }: Partial<StateFacts> & Partial<OperatorState['line']> = {},
): OperatorState {
  return operatorStateOf({
    venue: {
      settlement: `0x${'5e'.repeat(20)}`,
      chainId: 31_337n,
      profile: 'small',
      epoch: 0n,
      term: 1n,
      startedAt: 1,
    },
    ...{ state, chain: undefined, credit: { messages: 9n, retryAfter: 0n }, alerts: [], line: { approvals } },
    ...{ stages: [], jobs: [], workers: [], times: [], health: {}, flagged: 0, now: 1_700_000_000_000 },
    log: { size: state.records, root: 'AA==', key: 'a key' },
    ...facts,
  })
}
