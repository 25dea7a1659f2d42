import { z } from 'zod'
import { MOST_MESSAGES } from '../../client/wire/messages.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { BITS, BUNDLE_WORDS } from '../../protocol/parameters.ts'
import { decodeWith, fileHead, marketIndex, uint } from '../../venue/files/schema.ts'
import { DOOR_RULES, type DoorRules } from './rules.ts'

const MOST = 1e9
/** As many at once as a bundle has, or none of the largest could ever come in. */
const atOnce = number(z.int('must be an integer'), BUNDLE_WORDS)
const positive = z.number('must be a number').positive('must be above 0').max(MOST, `must be at most ${MOST}`)
const part = number(z.int('must be an integer'), 1)
const count = number(z.int('must be an integer'), 0)

function number(schema: z.ZodInt, least: number) {
  return schema.min(least, `must be at least ${least}`).max(MOST, `must be at most ${MOST}`)
}

const rules = z.strictObject({
  restingShare: part,
  messagesPerSecond: positive,
  messagesAtOnce: atOnce,
  cancelsPerSecond: positive,
  cancelsAtOnce: atOnce,
  ordersPerHour: atOnce,
  ordersPerFill: count,
  creditShare: part,
  creditLeast: atOnce,
  requestsPerSecond: positive,
  requestsAtOnce: part,
  connectionsAtOnce: part,
  signaturesPerRequest: part,
  requestsPerForgery: count,
  tickSizes: z.array(
    z.strictObject({ market: marketIndex, tickSize: uint(BITS.price).refine((tick) => tick > 0n, 'must be above 0') }),
    'must be a list of { "market", "tickSize" }',
  ),
})

const rulesFile = z.strictObject({ version: fileHead.version, ...rules.partial().shape })

/**
 * The door's rules of a venue with so many markets, out of a file's JSON: what it does not name is as usual. Throws INPUT_INVALID, naming the
 * field, for what is out of range, for a market that there is not or that is named twice, and for limits that let no full request in.
 */
export function decodeRules(json: unknown, markets: number): DoorRules {
  const { version: _, tickSizes = [], ...given } = decodeWith(rulesFile, json, 'INPUT_INVALID', 'rules')
  const all = { ...DOOR_RULES, ...(given as Partial<DoorRules>) }
  const sizes = new Map<number, bigint>()
  for (const [i, { market, tickSize }] of tickSizes.entries()) {
    const path = `rules.tickSizes[${i}].market`
    if (market >= markets) throw invalid(path, `is ${market}; there are the markets 0 to ${markets - 1}`)
    if (sizes.has(market)) throw invalid(path, `is ${market}, which is there before`)
    sizes.set(market, tickSize)
  }
  const requests = 1 + Math.floor(MOST_MESSAGES / all.signaturesPerRequest)
  if (requests > all.requestsAtOnce) {
    const told = `is ${all.requestsAtOnce}, and ${MOST_MESSAGES} messages together count as ${requests} requests: nobody could hand them in; raise it, or signaturesPerRequest`
    throw invalid('rules.requestsAtOnce', told)
  }
  return { ...all, tickSizes: sizes }
}

function invalid(path: string, message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path })
}
