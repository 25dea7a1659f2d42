import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { connectVenue } from '../../client/index.ts'
import { testServer } from '../support/service/test-server.ts'
import { type ToyCircuits, toyCircuits, toyVenue } from '../support/service/toy-venue.ts'
import { startToyWorker } from '../support/service/toy-worker.ts'
import { DOMAIN, orderOf, secretOf, signed, tradingVenue } from '../support/service/trading-venue.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { certificatesOfThisMachine } from '../support/tls/certificates.ts'

const { authority, ...tls } = certificatesOfThisMachine()
/** Of a venue whose authority this machine does not know. */
const foreign = certificatesOfThisMachine()

describe('with a certificate', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    server = await testServer()
    folder = await temporaryDirectory()
    setDefaultCACertificates([...getCACertificates(), authority])
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('a trader logs in, sends, reads and follows', async () => {
    await using venue = await tradingVenue(server, { tls })
    assert.match(venue.gateway.url, /^https:/)
    const session = await venue.session(1)
    const following = session.follow({ after: 0 })[Symbol.asyncIterator]()
    const first = following.next()
    const [answer] = await venue.client.send([signed(1, orderOf(1, 1n))])
    assert.equal(answer!.verdict, 'ACCEPTED')
    await venue.put({ kind: 'cut', cash: false })
    assert.equal((await first).done, false)
    await following.return?.(undefined)
    assert.equal((await session.read()).orders.length, 1)
  })

  it('nothing is answered in clear, and a venue whose authority is not known gets nothing', async () => {
    await using venue = await tradingVenue(server, { tls })
    const clear = venue.gateway.url.replace('https:', 'http:')
    await assert.rejects(connectVenue({ url: clear }).markets(), { code: 'VENUE_UNREACHABLE' })
    await using other = await tradingVenue(server, { tls: foreign })
    const client = connectVenue({ url: other.gateway.url })
    await assert.rejects(client.send([signed(1, orderOf(1, 1n))]), { code: 'VENUE_UNREACHABLE' })
    await assert.rejects(client.login({ account: 1, privateKey: secretOf(1), domain: DOMAIN }), {
      code: 'VENUE_UNREACHABLE',
    })
    assert.equal(other.writer.state.records, 3)
  })

  describe('a worker', () => {
    let toys: ToyCircuits
    before(async () => {
      toys = await toyCircuits()
    })
    after(() => toys[Symbol.asyncDispose]())

    it('proves for a venue whose authority NODE_EXTRA_CA_CERTS names, and asks another one for nothing', async () => {
      await writeFile(folder.file('authority.pem'), authority)
      const env = { NODE_EXTRA_CA_CERTS: folder.file('authority.pem') }
      await using venue = await toyVenue(server, toys, { tls })
      await using other = await toyVenue(server, toys, { tls: foreign })
      const [first, second] = [await venue.enqueueProduct(3n, 5n), await other.enqueueProduct(3n, 5n)]
      const { selection } = toys
      await using _one = startToyWorker({ url: venue.url, token: venue.token, selection, env })
      await using two = startToyWorker({ url: other.url, token: other.token, selection, env })
      await venue.until(first.id, 'proved')
      await two.hear(/cannot be reached: CERT_SIGNATURE_FAILURE/)
      const [row] = await other.database.query('SELECT state, attempts FROM job WHERE id = $1', [second.id])
      assert.deepEqual(row, { state: 'ready', attempts: 0 })
    })
  })
})
