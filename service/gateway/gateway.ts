import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import type { Answer, TraderMessage } from '../writer/writer.ts'
import { readMessages, readSharedViewKey } from './schemas.ts'

/** What came of a view key that somebody handed in. */
export type ViewKeyAnswer = 'TAKEN' | 'KNOWN'

export interface GatewayOptions {
  /** Default 127.0.0.1; anything but loopback needs `tls`. */
  readonly host?: string | undefined
  /** Default 0: one that is free. */
  readonly port?: number | undefined
  readonly tls?: Tls | undefined
  /** All of them, or a Refusal and none; resolves when what was accepted is on disk. */
  take(messages: readonly TraderMessage[]): Promise<readonly Answer[]>
  takeViewKey(shared: { readonly account: number; readonly viewKey: bigint }): Promise<ViewKeyAnswer>
  /** Public. */
  status(): object
  readonly onFailure: (error: unknown) => void
}

export interface Gateway extends AsyncDisposable {
  readonly url: string
}

/** Longest body: 256 bundles of eight messages. */
const MOST_BYTES = 1 << 20

/** Where traders hand in what they signed. Throws INPUT_INVALID where it cannot or may not listen. */
export async function serveGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0, tls, onFailure } = options
  requirePrivate(host, tls)
  const app = createApp({ tls, mostBytes: MOST_BYTES, onFailure })
  app.post('/v1/messages', async (request) => ({ verdicts: await options.take(readMessages(request.body)) }))
  app.post('/v1/view-keys', async (request) => {
    return { result: await options.takeViewKey(readSharedViewKey(request.body)) }
  })
  app.get('/v1/status', async () => options.status())
  const url = await listen(app, host, port)
  return { url, [Symbol.asyncDispose]: () => app.close() }
}
