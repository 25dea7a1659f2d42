import type { Effect } from '../sequencer/effects.ts'
import type { ServeOptions } from './options.ts'

/** Numbers and names alone. */
export function logEffects(effects: readonly Effect[], log: ServeOptions['log']): void {
  for (const effect of effects) {
    if (effect.kind === 'sealed' || effect.kind === 'reproved') {
      log({ batch: effect.batch.index, circuit: effect.batch.work.circuit }, effect.kind)
    } else if (effect.kind === 'finality') log({ batch: effect.index, state: effect.state }, 'finality')
    else if (effect.kind === 'rewound') log({ to: effect.to, cause: effect.cause }, 'rewound')
    else if (effect.kind === 'operation-refused') log({ record: effect.record, reason: effect.reason }, 'refused')
    else if (effect.kind === 'stalled') log({ entry: `${effect.entry}`, reason: effect.reason }, 'stalled')
  }
}
