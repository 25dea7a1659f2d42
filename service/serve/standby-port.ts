import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import { standsBy } from '../http/refusal.ts'
import { DOOR_RULES } from '../traders/rules.ts'

export interface StandbyPortOptions {
  readonly host: string
  readonly port: number
  readonly tls: Tls | undefined
  /** Connections of an address at once. Default: as the door has it. */
  readonly connectionsAtOnce?: number | undefined
  status(): object
}

const STATUS = '/v1/status'
/** Of bodies, which nobody looks at: with a longer one the connection ends. */
const MOST_BYTES = 1 << 16

/**
 * The port of traders while another process leads: says so to everybody, all of whom are strangers here, so that no flood keeps this process
 * from following. Disposing it waits for nobody: who holds a connection would hold up the lead. Throws INPUT_INVALID where it cannot or may not
 * listen.
 */
export async function serveStandbyPort({ host, port, tls, status, ...options }: StandbyPortOptions) {
  const { connectionsAtOnce = DOOR_RULES.connectionsAtOnce } = options
  requirePrivate(host, tls)
  const app = createApp({
    ...{ tls, mostBytes: MOST_BYTES, connectionsAtOnce, callers: {}, graceMs: 0 },
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
