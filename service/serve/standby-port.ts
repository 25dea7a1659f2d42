import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import { standsBy } from '../http/refusal.ts'

export interface StandbyPortOptions {
  readonly host: string
  readonly port: number
  readonly tls: Tls | undefined
  status(): object
}

const STATUS = '/v1/status'
/** Bodies are not read. */
const MOST_BYTES = 1024

/** The port of traders while another process leads: says so to everybody. Throws INPUT_INVALID where it cannot or may not listen. */
export async function serveStandbyPort({ host, port, tls, status }: StandbyPortOptions) {
  requirePrivate(host, tls)
  const app = createApp({ tls, mostBytes: MOST_BYTES, onFailure: () => undefined })
  app.addHook('onRequest', async ({ routeOptions }) => {
    if (routeOptions.url === STATUS) return
    throw standsBy()
  })
  app.get(STATUS, { config: { access: 'public' } }, async () => status())
  const url = await listen(app, host, port)
  return { url, [Symbol.asyncDispose]: () => app.close() }
}
