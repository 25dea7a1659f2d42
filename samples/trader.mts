/** Trades at the venue of docs/service.md: `node samples/trader.mts <keys file> buy|sell [url]`. */
import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { connectVenue, signerOf } from 'zkclear/client'
import { settlementDomain, ZkclearError } from 'zkclear/protocol'
import { decodeKeys } from 'zkclear/venue'

const [keysFile, side, url = 'http://127.0.0.1:8441'] = argv.slice(2)
if (keysFile === undefined || (side !== 'buy' && side !== 'sell')) throw new Error('need a keys file, and buy or sell')
const [first] = decodeKeys(JSON.parse(await readFile(keysFile, 'utf8')))
const [account, { privateKey, viewKey }] = first!
// Chain and Settlement: what is signed for these counts nowhere else.
const domain = settlementDomain(31337n, '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e')

const venue = connectVenue({ url })
await venue.shareViewKey({ account, viewKey })
const session = await venue.login({ account, privateKey, domain })
const trader = signerOf({ account, privateKey, domain })
// The key is in the venue's state with the next batch of cash, ten seconds or more later: orders are taken from then on.
while (!(await session.read()).hasViewKey) {
  console.log('waits for the batch that enters the view key')
  await setTimeout(5000)
}
const { nextNonce, collateral, event: after } = await session.read()
console.log(`account ${account} has ${collateral[0]} quanta, its next nonce is ${nextNonce}`)

// Ten lots of market 0 at the mark, until it is cancelled or ten minutes have passed.
const { markets } = await venue.markets()
const expiry = BigInt(Math.floor(Date.now() / 1000) + 600)
const order = trader.order({ market: 0, side, price: markets[0]!.mark, size: 10n, expiry, nonce: nextNonce })
const [answer] = await patiently(() => venue.send([{ ...order, clientOrderId: `first-${nextNonce}` }]))
if (answer?.verdict !== 'ACCEPTED') throw new Error(`the order is not accepted: ${answer?.verdict}`)
// It promises the order's place; "zkclear log verify --receipt" checks it. Like the order, it is nobody else's business.
const receiptFile = `${keysFile.replace(/\.json$/, '')}-receipt-${answer.record}.json`
await writeFile(receiptFile, JSON.stringify(answer.receipt), { mode: 0o600 })
console.log(`the receipt is in ${receiptFile}`)

// What is told is soft until its batch is settled.
for await (const event of session.follow({ after })) {
  console.log(event)
  if (event.kind === 'batch' && event.state === 'settled' && event.records.includes(answer.record!)) break
}
await session.logout()

/** A venue takes no more than it can prove in time: it says when to ask again. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.details.code !== 'INTAKE_LIMITED') throw error
      console.log(error.message)
      await setTimeout(1000 * Number(error.details.retryAfter))
    }
  }
}
