import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { after, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect, setDefaultCACertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { documentOf, errorOf, zkclear } from '../../support/cli.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'
import { certificatesOfThisMachine } from '../../support/tls/certificates.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))

const { open, folder, chain, target, pay } = await venueOfOne({ lots: 1_000n })
after(() => open.disposeAsync())

it('a venue with a certificate settles by a worker that comes by https, and commands ask it that way', async () => {
  const { authority, cert, key } = certificatesOfThisMachine()
  const files = { authority: folder.file('authority.pem'), cert: folder.file('cert.pem'), key: folder.file('key.pem') }
  for (const [name, text] of Object.entries({ authority, cert, key })) {
    await writeFile(files[name as keyof typeof files], text, { mode: 0o600 })
  }
  setDefaultCACertificates([authority])
  const env = { NODE_EXTRA_CA_CERTS: files.authority }
  const certificate = ['--tls-cert', files.cert, '--tls-key', files.key]
  await using serve = await startServe({ ...target, more: [...certificate, '--workers', '0'] })
  assert.match(`${serve.url} ${serve.workerUrl}`, /^https:\S+ https:\S+$/)

  const tokens = { worker: folder.file('worker.txt'), operator: folder.file('operator.txt') }
  for (const [scope, out] of Object.entries(tokens)) {
    const made = await zkclear([
      'token',
      'create',
      '--data',
      folder.file('data'),
      '--scope',
      scope,
      '--name',
      scope,
      '--out',
      out,
    ])
    assert.equal(made.code, 0, made.stderr)
  }
  const given = ['worker', '--venue', serve.workerUrl, '--token-file', tokens.worker, '--circuit', 'cash-batch']
  const worker = spawn(process.execPath, [MAIN, ...given], { stdio: 'ignore', env: { ...process.env, ...env } })
  const exit = once(worker, 'exit')
  try {
    await pay(5n)
    await serve.until(({ batches, queue }) => queue.waiting === 0 && batches.settled > 0)
  } finally {
    worker.kill('SIGTERM')
  }
  assert.deepEqual(await exit, [0, null])

  const line = ['line', 'show', '--venue', serve.workerUrl, '--token-file', tokens.operator, '--json']
  const shown = await zkclear(line, { env })
  assert.equal(shown.code, 0, shown.stderr)
  const unknown = await zkclear(line)
  assert.equal(errorOf(unknown).code, 'VENUE_UNREACHABLE')
  const place = ['--venue', serve.url, '--rpc', chain.rpcUrl, '--settlement', chain.settlement, '--json']
  const verified = await zkclear(['log', 'verify', ...place], { env })
  assert.equal(verified.code, 0, verified.stderr)
  const watched = documentOf(await zkclear(['watch', ...place], { env })) as { alerts: { code: string }[] }
  assert.ok(!watched.alerts.some(({ code }) => ['VENUE_SILENT', 'LOG_DIFFERS'].includes(code)))

  // It is good for a day.
  await serve.until(({ alerts }) => alerts.some(({ code }) => code === 'CERTIFICATE_ENDING'))
  const next = certificatesOfThisMachine()
  await Promise.all([writeFile(files.key, next.key), writeFile(files.cert, next.cert)])
  for (const url of [serve.url, serve.workerUrl]) await untilShown(url, next.authority)
  assert.equal(await serve.end('SIGTERM'), 0)
})

/** Until that place shows a certificate of that authority. */
async function untilShown(url: string, ca: string): Promise<void> {
  const { hostname, port } = new URL(url)
  for (;;) {
    const socket = connect({ host: hostname, port: Number(port), ca })
    try {
      await once(socket, 'secureConnect')
      return
    } catch {
      await setTimeout(100)
    } finally {
      socket.destroy()
    }
  }
}
