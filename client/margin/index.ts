export { type MarginClaim, type MarginTerms, marginClaim, type OwnerSecrets } from './claim.ts'
export {
  type MarginProver,
  type MarginProvingOptions,
  type ProvedMargin,
  type ProveMarginOptions,
  proveMargin,
} from './prove-margin.ts'
export {
  type FetchMarginFilesOptions,
  fetchMarginFiles,
  type MarginDigests,
  type MarginFiles,
} from './proving-files.ts'
export { serveMarginWorker, type WorkerScope } from './serve-worker.ts'
export { WorkerProver } from './worker-prover.ts'
