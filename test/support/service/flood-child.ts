/**
 * Strangers from hundreds of addresses of this machine, in a process of its own, each sending all that it is let. argv[2] is the JSON of
 * {@link Flood}. Ends when its parent does, or says so. Says on its channel how often it was answered with which status.
 */
import { connect } from 'node:net'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

export interface Flood {
  readonly url: string
  readonly workerUrl: string
  /** The first of them is 127.1.0.1. */
  readonly addresses: number
  /** Connections of each address that ask without end. */
  readonly connections: number
  /** A body of 256 messages with signatures that are not their account's. */
  readonly forged: string
  /** A body of a login that is refused. */
  readonly login: string
  /** Unix milliseconds at which all begin. */
  readonly at: number
}

/** By status; `cut`: a connection ended instead. */
export type Answers = Record<string, number>

const flood = JSON.parse(process.argv[2]!) as Flood
const TOKEN = `zkclear_${'0'.repeat(12)}_${'A'.repeat(43)}`
const LONG = `[${'0,'.repeat(500_000)}0]`
const REST_MS = 20
const answers: Answers = {}
const open = new AbortController()
process.on('message', () => process.send!(answers))
process.on('disconnect', () => open.abort())

const get = (path: string, token?: string) =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\n${token === undefined ? '' : `authorization: Bearer ${token}\r\n`}\r\n`
const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

/** The same in chunks of so many bytes. */
const chunked = (path: string, body: string, size: number) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunksOf(body, size)}0\r\n\r\n`
const chunksOf = (body: string, size: number) =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, i) => {
    const chunk = body.slice(i * size, (i + 1) * size)
    return `${chunk.length.toString(16)}\r\n${chunk}\r\n`
  }).join('')
/** Its head alone, which asks whether the body is wanted. */
const expecting = (path: string, body: string) =>
  post(path, body).slice(0, -body.length).replace('\r\n', '\r\nexpect: 100-continue\r\n')
const half = (text: string) => text.slice(0, text.length / 2)

/** What a stranger asks on a connection, in turn, and whom. */
const OF_TRADERS = [
  [post('/v1/messages', flood.forged)],
  [post('/v1/messages', LONG), get('/v1/markets/0/trades')],
  [post('/v1/login', flood.login), get('/v1/account', TOKEN)],
  [get('/v1/status'), get('/v1/openapi.json'), get('/v1/log/leaves?from=0&count=1000')],
  [get('/v1/markets/0/book/stream')],
  [`GET / HTTP/1.1\r\nhost: x\r\n\r\n${'GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(6)}`],
  ['no http\r\n\r\n'],
  [chunked('/v1/messages', flood.forged, 1)],
  [chunked('/v1/messages', LONG, 4_096), chunked('/v1/login', flood.login, 1)],
  [expecting('/v1/messages', flood.forged), flood.forged],
  [expecting('/v1/messages', LONG), expecting('/v1/login', flood.login)],
  [half(post('/v1/messages', flood.forged))],
  [half(chunked('/v1/messages', flood.forged, 1))],
  [half(post('/v1/login', flood.login))],
]
const OF_WORKERS = [
  [get('/operator/state', TOKEN), get('/worker/token', TOKEN)],
  [get('/worker/jobs/0/input')],
  [chunked('/worker/jobs/0/result', LONG.slice(0, 65_536), 1)],
  [expecting('/operator/resume', flood.login), flood.login],
  [half(post('/worker/lease', flood.login))],
]

const asking: Promise<void>[] = []
await setTimeout(Math.max(0, flood.at - Date.now()))
for (let address = 0; address < flood.addresses; address++) {
  const localAddress = `127.1.${address >> 7}.${1 + (address & 127)}`
  for (let i = 0; i < flood.connections; i++) {
    const kind = address + i
    const ofWorkers = kind % 8 === 7
    const all = ofWorkers ? OF_WORKERS : OF_TRADERS
    asking.push(ask(ofWorkers ? flood.workerUrl : flood.url, localAddress, all[kind % all.length]!))
  }
}
await Promise.all(asking)

/** Asks one after the other, on a connection as long as it lasts, without end. */
async function ask(url: string, localAddress: string, texts: readonly string[]): Promise<void> {
  const { hostname, port } = new URL(url)
  while (!open.signal.aborted) {
    const socket = connect({ host: hostname, port: Number(port), localAddress })
    let hear: (chunk: Buffer | undefined) => void = () => undefined
    socket.on('data', (chunk) => hear(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => hear(undefined))
    for (let i = 0; !socket.destroyed && !open.signal.aborted; i++) {
      socket.write(texts[i % texts.length]!)
      const chunk = await new Promise<Buffer | undefined>((resolve) => {
        hear = resolve
      })
      const status = /^HTTP\/1.1 (\d+)/.exec(`${chunk?.subarray(0, 12) ?? ''}`)?.[1] ?? 'cut'
      answers[status] = (answers[status] ?? 0) + 1
    }
    socket.destroy()
    await setTimeout(REST_MS)
  }
}
