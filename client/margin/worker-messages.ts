import type { MarginStatement, MarginWitness } from '../../circuits/margin-sufficiency/statement.ts'
import type { Progress } from '../../circuits/types.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import type { MarginFiles } from './proving-files.ts'

/** What a page asks of the worker that proves: one thing at a time. */
export type ToWorker =
  | ({ readonly kind: 'load' } & MarginFiles)
  | { readonly kind: 'prove'; readonly statement: MarginStatement; readonly witness: MarginWitness }

/** What the worker answers. */
export type FromWorker =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'proved'; readonly proof: Groth16Proof; readonly statement: MarginStatement }
  | { readonly kind: 'failed'; readonly code: ErrorCode | undefined; readonly message: string }
