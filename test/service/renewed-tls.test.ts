import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rename, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { connect } from 'node:tls'
import { followTls } from '../../cli/tls-files.ts'
import { createApp, listen } from '../../service/http/app.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { type Certificates, certificatesOfThisMachine } from '../support/tls/certificates.ts'

const [first, next] = [certificatesOfThisMachine(), certificatesOfThisMachine()]

/** At once: a look in the middle of it would see half a file. */
async function put(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

describe('a certificate that is renewed while a server shows it', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(() => folder[Symbol.asyncDispose]())

  /** A server with the first certificate, whose files are looked at all the time. */
  async function served({ workers = 0n } = {}) {
    const options = { tlsCert: folder.file('cert.pem'), tlsKey: folder.file('key.pem') }
    await Promise.all([put(options.tlsCert, first.cert), put(options.tlsKey, first.key)])
    const [noted, warned] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
    await using open = new AsyncDisposableStack()
    const tls = open.use(
      (await followTls(
        { ...options, host: '127.0.0.1', workers },
        { note: noted.resolve, warn: warned.resolve, everyMs: 1 },
      ))!,
    )
    const app = open.adopt(createApp({ tls, mostBytes: 1000, graceMs: 0, onFailure: () => undefined }), (one) =>
      one.close(),
    )
    app.get('/', async () => ({}))
    const { port } = new URL(await listen(app, '127.0.0.1', 0))
    const kept = open.move()
    return {
      ...options,
      noted: noted.promise,
      warned: warned.promise,
      /** Of somebody who knows that authority alone. */
      async connection({ authority: ca }: Certificates, session?: Buffer) {
        const socket = kept.adopt(
          connect({ port: Number(port), host: '127.0.0.1', ca, ...(session && { session }) }),
          (one) => void one.destroy(),
        )
        await once(socket, 'secureConnect')
        return socket
      },
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
  }

  it('is shown to whoever connects from then on, who resumes too, and connections that stand go on', async () => {
    await using server = await served()
    const standing = await server.connection(first)
    const [session] = await once(standing, 'session')
    const resumed = await server.connection(first, session)
    assert.ok(resumed.isSessionReused())
    await put(server.tlsKey, next.key)
    await put(server.tlsCert, next.cert)
    assert.match(await server.noted, /was renewed/)
    const fresh = await server.connection(next)
    const again = await server.connection(next, session)
    assert.ok(!fresh.isSessionReused() && !again.isSessionReused())
    standing.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    const [answer] = await once(standing, 'data')
    assert.match(`${answer}`, /^HTTP\/1\.1 200/)
  })

  for (const [what, cert, key, message] of [
    ['a key of another certificate', first.cert, next.key, /is not the key of the certificate/],
    ['half a certificate', first.cert.slice(0, 100), first.key, /is no certificate/],
    ['nothing', '', '', /is no certificate/],
    ['a key file that is empty', next.cert, '', /is no private key/],
  ] as const) {
    it(`is not replaced by what cannot be used, which is told: ${what}`, async () => {
      await using server = await served()
      await Promise.all([put(server.tlsCert, cert), put(server.tlsKey, key)])
      assert.match(await server.warned, message)
      const before = await server.connection(first)
      assert.ok(before.authorized)
      await put(server.tlsKey, next.key)
      await put(server.tlsCert, next.cert)
      await server.noted
      const renewed = await server.connection(next)
      assert.ok(renewed.authorized)
    })
  }

  it("is not replaced by one by which the venue's own workers could not come", async () => {
    await using server = await served({ workers: 1n })
    const elsewhere = certificatesOfThisMachine('127.0.0.2')
    await Promise.all([put(server.tlsCert, elsewhere.cert), put(server.tlsKey, elsewhere.key)])
    assert.match(await server.warned, /whose certificate is not for 127\.0\.0\.1/)
    const before = await server.connection(first)
    assert.ok(before.authorized)
  })
})
