import { setTimeout } from 'node:timers/promises'
import type { VenueClient } from '../../../client/index.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import type { LimitOrder, Message } from '../../../protocol/message.ts'
import { signBundle } from '../../../protocol/signature.ts'
import type { Side } from '../../../protocol/slot.ts'
import type { Trader } from './enter.ts'

export interface BotOptions {
  readonly traders: readonly Trader[]
  /** Of the venue, which every signature is for. */
  readonly domain: bigint
  readonly signal: AbortSignal
}

/** The sample's perpetuals. */
const MARKETS = [0, 3] as const
const PACE_MS = 2_000
const MOST_UNSETTLED = 4
const LIVES_SECONDS = 600n

/**
 * Traders who trade with each other until the signal fires: one after the other quotes both sides of a market anew around its mark,
 * and the next takes a part of that. Whatever a venue may refuse now is let be, and tried again.
 */
export async function trade(venue: VenueClient, { traders, domain, signal }: BotOptions): Promise<void> {
  const nonces = await shareKeys(venue, { traders, domain, signal })
  const send = async ({ account, secrets }: Trader, build: (nonce: bigint) => readonly Message[]) => {
    const nonce = nonces.get(account)!
    const messages = build(nonce)
    nonces.set(account, nonce + BigInt(messages.length))
    await venue.send([signBundle(messages, domain, secrets.privateKey)])
  }
  for (let round = 0; !signal.aborted; round++) {
    try {
      if (await isBehind(venue)) {
        await pause(signal)
        round--
        continue
      }
      const market = MARKETS[round % MARKETS.length]!
      const [maker, taker] = [traders[round % traders.length]!, traders[(round + 1) % traders.length]!]
      const { mark } = (await venue.markets()).markets[market]!
      const order = orderIn(market, mark)
      await send(maker, (nonce) => [
        { kind: 'cancel-all', market, account: maker.account, side: 'both', nonce },
        order(maker, nonce + 1n, 'buy', -2n, 20n),
        order(maker, nonce + 2n, 'sell', 2n, 20n),
      ])
      // One way, and then back: nobody's position grows for ever.
      const side = Math.floor(round / 6) % 2 === 0 ? 'buy' : 'sell'
      const size = BigInt(3 + ((7 * round) % 11))
      await send(taker, (nonce) => [
        { ...order(taker, nonce, side, side === 'buy' ? 3n : -3n, size), timeInForce: 'IOC' },
      ])
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
    }
    await setTimeout(PACE_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** Whether more batches wait for their settlement than a machine of any speed should keep waiting. */
async function isBehind(venue: VenueClient): Promise<boolean> {
  const { batches } = await venue.batches()
  return batches.filter(({ state }) => state !== 'settled').length > MOST_UNSETTLED
}

/** An order that many ten-thousandths of the mark from it. */
function orderIn(market: number, mark: bigint) {
  return ({ account }: Trader, nonce: bigint, side: Side, away: bigint, size: bigint): LimitOrder => ({
    ...{ kind: 'order', market, account, side, price: mark + (mark * away) / 10_000n, size, nonce },
    ...{ timeInForce: 'GTC', reduceOnly: false },
    expiry: BigInt(Math.floor(Date.now() / 1000)) + LIVES_SECONDS,
  })
}

/** The next nonce of each; waits until the view keys are in the venue's state, before which no order is taken. */
async function shareKeys(venue: VenueClient, { traders, domain, signal }: BotOptions): Promise<Map<number, bigint>> {
  const nonces = new Map<number, bigint>()
  for (const { account, secrets } of traders) {
    const { privateKey, viewKey } = secrets
    await untilDone(() => venue.shareViewKey({ account, viewKey }), signal)
    const session = await untilDone(() => venue.login({ account, privateKey, domain }), signal)
    while (!signal.aborted) {
      const { hasViewKey, nextNonce } = await session.read()
      nonces.set(account, nextNonce)
      if (hasViewKey) break
      await pause(signal)
    }
  }
  return nonces
}

/** What the venue refuses because it has not seen the account yet, it is asked again. */
async function untilDone<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ZkclearError) || signal.aborted) throw error
      await pause(signal)
    }
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await setTimeout(500, undefined, { signal }).catch(() => undefined)
}
