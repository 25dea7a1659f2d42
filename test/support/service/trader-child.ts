import process from 'node:process'
import { connectVenue } from '../../../client/index.ts'
import type { CancelAll } from '../../../protocol/message.ts'
import { signBundle } from '../../../protocol/signature.ts'

/** A trader's program: logs in, leaves a cancel of all for when it is gone, reads its stream, and says so. Until it is killed. */
const [url, secret, domain, account, nonce] = process.argv.slice(2)
const privateKey = Buffer.from(secret!, 'hex')
const session = await connectVenue({ url: url! }).login({
  account: Number(account),
  privateKey,
  domain: BigInt(domain!),
})
const all: CancelAll = { kind: 'cancel-all', market: 0, account: Number(account), side: 'both', nonce: BigInt(nonce!) }
await session.leaveCancels({ bundles: [signBundle([all], BigInt(domain!), privateKey)], seconds: 5, watch: 'stream' })
for await (const { kind } of session.follow()) if (kind === 'begin') console.log('reading')
