import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

const PIECE_BYTES = 1 << 16

/** Content in pieces of 64 KiB, each cut off when the one before was taken. */
function inPieces(content: Buffer): Readable {
  let sent = 0
  return new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      if (sent >= content.length) {
        this.push(null)
        return
      }
      const end = Math.min(sent + PIECE_BYTES, content.length)
      const piece = content.subarray(sent, end)
      sent = end
      this.push(piece)
    },
  })
}

/** Sends content as fast as it is read, and no faster: sent whole, TLS would encrypt all of it into memory for each reader. */
export function sendInPieces(reply: FastifyReply, content: Buffer): FastifyReply {
  return reply.header('content-length', `${content.length}`).send(inPieces(content))
}
