import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signerOf } from '../../client/index.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { isSignatureValid, signBundle, tradingKey } from '../../protocol/signature.ts'
import { signBid } from '../../protocol/takeover/bid.ts'

const DOMAIN = 77n
const privateKey = new Uint8Array(32).fill(9)
const trader = signerOf({ account: 7, privateKey, domain: DOMAIN })
const expiry = 1_700_000_600n

describe('a signer', () => {
  it('signs an order that is good until it is cancelled, unless its terms say otherwise', () => {
    const terms = { market: 2, side: 'buy', price: 1000n, size: 10n, expiry, nonce: 3n } as const
    const signed = trader.order(terms)
    assert.deepEqual(signed.messages, [{ kind: 'order', account: 7, timeInForce: 'GTC', reduceOnly: false, ...terms }])
    assert.ok(isSignatureValid(signed, DOMAIN, tradingKey(privateKey)))
    assert.ok(!isSignatureValid(signed, DOMAIN + 1n, tradingKey(privateKey)))
    const [taken] = trader.order({ ...terms, timeInForce: 'IOC', reduceOnly: true }).messages
    assert.deepEqual(taken, { ...signed.messages[0], timeInForce: 'IOC', reduceOnly: true })
  })

  it('signs cancels, and a quote in the place of another as one bundle', () => {
    const cancel = { market: 2, side: 'sell', price: 1010n, sequence: 4n, nonce: 5n } as const
    assert.deepEqual(trader.cancel(cancel).messages, [{ kind: 'cancel', account: 7, ...cancel }])
    const all = { kind: 'cancel-all', market: 2, side: 'both', nonce: 6n } as const
    const quote = { kind: 'order', market: 2, side: 'sell', price: 1020n, size: 1n, nonce: 7n } as const
    const terms = { timeInForce: 'POST_ONLY', reduceOnly: false, expiry } as const
    assert.deepEqual(
      trader.bundle([all, { ...quote, ...terms }]),
      signBundle(
        [
          { ...all, account: 7 },
          { ...quote, ...terms, account: 7 },
        ],
        DOMAIN,
        privateKey,
      ),
    )
    const { kind: _, ...sides } = all
    assert.deepEqual(trader.cancelAll(sides).messages, [{ ...all, account: 7 }])
  })

  it('signs withdrawals to the owner, transfers to an account, and bids', () => {
    const payment = { asset: 1, amount: 500n, nonce: 8n, expiry }
    const paid = { ...payment, account: 7 }
    const withdrawal = { kind: 'WITHDRAW', counterAccount: 0, ...paid } as const
    assert.deepEqual(trader.withdraw(payment), signCashMessage(withdrawal, DOMAIN, privateKey))
    const transfer = { kind: 'TRANSFER_OUT', counterAccount: 3, ...paid } as const
    assert.deepEqual(trader.transfer({ ...payment, to: 3 }), signCashMessage(transfer, DOMAIN, privateKey))
    const bid = { victim: 4, held: 99n, price: -5n, nonce: 9n, expiry }
    assert.deepEqual(trader.bid(bid), signBid({ ...bid, bidder: 7 }, DOMAIN, privateKey))
  })

  it('is always of its own account, also where a message names another', () => {
    const other = { market: 2, side: 'both', nonce: 6n, account: 8 } as const
    assert.equal(trader.cancelAll(other).messages[0]!.account, 7)
  })

  it('signs nothing that is malformed', () => {
    const order = { market: 2, side: 'buy', price: 0n, size: 10n, expiry, nonce: 3n } as const
    assert.throws(() => trader.order(order), { code: 'INPUT_INVALID', path: 'message.price' })
  })
})
