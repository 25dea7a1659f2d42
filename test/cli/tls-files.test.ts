import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { readTls, requireReachable } from '../../cli/tls-files.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { certificatesOfThisMachine } from '../support/tls/certificates.ts'

const [one, other] = [certificatesOfThisMachine(), certificatesOfThisMachine()]

describe('the files of --tls-cert and --tls-key', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(() => folder[Symbol.asyncDispose]())

  async function read(cert: string, key: string) {
    const [tlsCert, tlsKey] = [folder.file('cert.pem'), folder.file('key.pem')]
    await Promise.all([writeFile(tlsCert, cert), writeFile(tlsKey, key)])
    return await readTls({ tlsCert, tlsKey })
  }

  it('are read, a chain too, and may both be left out', async () => {
    const chain = one.cert + one.authority
    assert.deepEqual(await read(chain, one.key), { cert: chain, key: one.key })
    assert.equal(await readTls({}), undefined)
  })

  for (const [what, cert, key, path, message] of [
    ['the key of another certificate', one.cert, other.key, 'key.pem', /is not the key of the certificate in/],
    ['no certificate', 'a text', one.key, 'cert.pem', /is no certificate/],
    ['a key in its place', one.key, one.key, 'cert.pem', /is no certificate/],
    ['no key', one.cert, 'a text', 'key.pem', /is no private key/],
    ['an empty key', one.cert, '', 'key.pem', /is no private key/],
    ['a certificate in its place', one.cert, one.cert, 'key.pem', /is no private key/],
  ] as const) {
    it(`are refused by name, with nothing of what is in them: ${what}`, async () => {
      await assert.rejects(read(cert, key), (error: Error & { code: string; path: string; cause: unknown }) => {
        assert.deepEqual([error.code, error.path, error.cause], ['INPUT_INVALID', folder.file(path), undefined])
        assert.match(error.message, message)
        return true
      })
    })
  }

  it('are refused one without the other', async () => {
    await assert.rejects(readTls({ tlsCert: folder.file('cert.pem') }), { path: '--tls-cert' })
    await assert.rejects(readTls({ tlsKey: folder.file('key.pem') }), { path: '--tls-cert' })
  })
})

it("workers of the venue's own are refused where they could not come to it", () => {
  const refused = (host: string, workers: bigint, tls?: { cert: string; key: string }) => {
    try {
      requireReachable({ host, workers }, tls)
      return undefined
    } catch (error) {
      assert.equal((error as { path?: string }).path, '--workers')
      return (error as Error).message
    }
  }
  for (const host of ['127.0.0.1', 'localhost']) {
    assert.equal(refused(host, 1n), undefined)
    assert.equal(refused(host, 1n, one), undefined)
  }
  // The certificate names neither of these.
  for (const host of ['127.0.0.2', '::1']) assert.match(refused(host, 1n, one)!, /whose certificate is not for/)
  assert.match(refused('0.0.0.0', 2n, one)!, /is 2, and .* which listens at 0\.0\.0\.0: give --workers 0/)
  for (const host of ['127.0.0.2', '0.0.0.0']) assert.equal(refused(host, 0n, one), undefined)
})
