import * as wire from '../../client/wire/log.ts'
import { publicRoute, type Route, traderRoute } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import { type ReceiptParts, receiptOf } from './receipts.ts'

/** What anybody needs to check the log, and traders to have their receipts again. Leaves are salted: they tell nothing of records. */
export function logRoutes(parts: ReceiptParts): Route[] {
  const { log } = parts
  return [
    traderRoute({
      ...{ method: 'GET', path: '/v1/receipts/:record', params: wire.receiptParams, answer: wire.receiptAnswer },
      summary: 'The receipt of an own message, by the number of its record; at the newest checkpoint',
      async handle({ params: { record }, account }) {
        const receipt = await receiptOf(parts, record, account)
        if (receipt === undefined)
          throw new Refusal(
            404,
            'RECORD_UNKNOWN',
            'no record of that number that was not erased is a message of this account',
          )
        return receipt
      },
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/log/key', answer: wire.keyAnswer },
      summary: 'The public key with which checkpoints of the log are signed',
      handle: async () => ({ key: log.key }),
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/log/checkpoint', answer: wire.checkpointAnswer },
      summary: 'The newest checkpoint: size and root of the log, signed',
      handle: async () => ({ checkpoint: log.head.note }),
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/log/consistency', query: wire.consistencyQuery, answer: wire.consistencyAnswer },
      summary: 'That the log of one size begins with that of another',
      async handle({ query: { from, to = log.head.size } }) {
        if (from <= to && to <= log.head.size) return log.consistency(from, to)
        throw new Refusal(404, 'SIZE_UNKNOWN', `need 0 <= from <= to <= ${log.head.size}, the size of the log`)
      },
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/log/leaves', query: wire.leavesQuery, answer: wire.leavesAnswer },
      summary: `Leaves of the log from one on, ${wire.MOST_LEAVES} at most`,
      async handle({ query: { from, count = wire.MOST_LEAVES } }) {
        return { from, leaves: log.leaves(from, Math.min(count, wire.MOST_LEAVES)) }
      },
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/log/anchors/:anchor', params: wire.anchorParams, answer: wire.anchorAnswer },
      summary: 'The size of the log whose root a settlement carries as its anchor',
      async handle({ params: { anchor } }) {
        const size = await log.sizeOfAnchor(anchor)
        if (size === undefined)
          throw new Refusal(404, 'ANCHOR_UNKNOWN', 'it is the root of no log that a settlement was given')
        return { size }
      },
    }),
  ]
}
