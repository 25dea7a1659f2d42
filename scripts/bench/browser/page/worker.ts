import { serveMarginWorker, type WorkerScope } from '../../../../client/margin/serve-worker.ts'

serveMarginWorker(self as unknown as WorkerScope)
