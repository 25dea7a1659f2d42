import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

const FOR = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 } as const

function textOf(message: string): string {
  return JSON.stringify({ error: { code: 'REQUEST_INVALID', message } })
}

/** What is answered where there is no request to answer: it is no HTTP, its head is too long, or it did not come in time. */
export function answerUnreadable({ code }: { readonly code?: string }, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = FOR[code as keyof typeof FOR] ?? 400
  const reason = STATUS_CODES[status]!
  const body = textOf(`the request cannot be read: ${reason.toLowerCase()}`)
  const head = [`HTTP/1.1 ${status} ${reason}`, 'content-type: application/json', `content-length: ${body.length}`]
  socket.end(`${[...head, 'connection: close'].join('\r\n')}\r\n\r\n${body}`)
}

/** What is answered to who expects something of the server (RFC 9110, 10.1.1) that it does not know. He has to come anew: it waited for no turn. */
export function answerExpectation(_: IncomingMessage, response: ServerResponse): void {
  response
    .writeHead(417, { 'content-type': 'application/json', connection: 'close' })
    .end(textOf('nothing else than 100-continue can be expected'))
}
