import { marginSufficiency } from '../../circuits/margin-sufficiency/index.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Prover } from '../../prover/prover.ts'
import { proverInMemory } from '../../prover/prover-in-memory.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** Of a worker's global scope, what is used. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => unknown) | null
  postMessage(message: FromWorker): void
}

type MarginSufficiency = typeof marginSufficiency

/**
 * Makes a worker prove margin, for a `WorkerProver`: `serveMarginWorker(self)` is all that its module does. It asks the network for
 * nothing once it has loaded.
 */
export function serveMarginWorker(scope: WorkerScope): void {
  let prover: Prover<Record<'margin-sufficiency', MarginSufficiency>> | undefined
  const tell = (message: FromWorker) => scope.postMessage(message)
  const answer = async (message: ToWorker): Promise<FromWorker> => {
    if (message.kind === 'load') {
      const { profile, ...files } = message
      prover = await proverInMemory(marginSufficiency, profile, files)
      return { kind: 'loaded' }
    }
    if (prover === undefined) throw new ZkclearError('ABORTED', 'nothing was loaded to prove with')
    const { statement, witness } = message
    const proved = await prover.prove('margin-sufficiency', statement, witness, {
      onProgress: (progress) => tell({ kind: 'progress', progress }),
    })
    return { kind: 'proved', proof: proved.proof, statement: proved.statement }
  }
  scope.onmessage = async ({ data }) => {
    try {
      tell(await answer(data))
    } catch (error) {
      const code = error instanceof ZkclearError ? error.code : undefined
      tell({ kind: 'failed', code, message: (error as Error).message })
    }
  }
}
