import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import { standsBy } from '../http/refusal.ts'

export interface StandbyPortOptions {
  readonly host: string
  readonly port: number
  readonly tls: Tls | undefined
  status(): object
}

const STATUS = '/v1/status'
/** Of bodies, which nobody looks at: with a longer one the connection ends. */
const MOST_BYTES = 1 << 16
/** Of one address. All are strangers here, and whoever may lead in a second has other things to do. */
const MOST_CONNECTIONS = 256

/** The port of traders while another process leads: says so to everybody. Throws INPUT_INVALID where it cannot or may not listen. */
export async function serveStandbyPort({ host, port, tls, status }: StandbyPortOptions) {
  requirePrivate(host, tls)
  const app = createApp({
    ...{ tls, mostBytes: MOST_BYTES, connectionsAtOnce: MOST_CONNECTIONS, callers: {} },
    onFailure: () => undefined,
  })
  app.addHook('onRequest', async ({ routeOptions }) => {
    if (routeOptions.url === STATUS) return
    throw standsBy()
  })
  app.get(STATUS, { config: { access: 'public' } }, async () => status())
  const url = await listen(app, host, port)
  return { url, [Symbol.asyncDispose]: () => app.close() }
}
