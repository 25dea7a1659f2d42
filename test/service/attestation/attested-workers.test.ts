import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { runAttestationCommand } from '../../../cli/attestation-command.ts'
import { unwrapInput } from '../../../service/attestation/wrapping.ts'
import { WIRE_VERSION } from '../../../service/dispatcher/wire.ts'
import { decodeInput } from '../../../service/jobs/input.ts'
import { createToken } from '../../../service/tokens/tokens.ts'
import { enclaveProgram } from '../../support/nitro/enclave-program.ts'
import { type Changes, nitro } from '../../support/nitro/nitro.ts'
import { testServer } from '../../support/service/test-server.ts'
import { type ToyCircuits, toyCircuits, toyVenue } from '../../support/service/toy-venue.ts'
import { startToyWorker } from '../../support/service/toy-worker.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { PRODUCT, productInstance } from '../../support/toy-definitions.ts'

const HOUR_MS = 3_600_000

describe('a venue that gives work to attested enclaves alone', () => {
  const machine = nitro()
  let server: Awaited<ReturnType<typeof testServer>>
  let toys: ToyCircuits
  before(async () => {
    server = await testServer()
    toys = await toyCircuits()
  })
  after(async () => {
    await toys[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  /** A venue that attests, with what it noted of documents, and whose time can be let pass. */
  async function attestingVenue() {
    const told: object[] = []
    let passed = 0
    const attest = {
      policy: machine.policy,
      clock: async () => BigInt(machine.now),
      onDocument: (facts: object) => told.push(facts),
      now: () => performance.now() + passed,
    }
    const venue = await toyVenue(server, toys, { attest })
    const ask = async (method: string, path: string, body?: object, token = venue.token) => {
      const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
      const response = await fetch(venue.url + path, init)
      const bytes = Buffer.from(await response.arrayBuffer())
      const json = () => JSON.parse(bytes.toString())
      return { status: response.status, bytes, json, code: () => json().error.code as string }
    }
    const nonce = async (token?: string) => {
      const { nonce } = (await ask('POST', '/worker/attestation/challenge', {}, token)).json()
      return Buffer.from(nonce, 'base64')
    }
    const admit = (document: Uint8Array, token?: string) => {
      return ask('POST', '/worker/attestation', { document: Buffer.from(document).toString('base64') }, token)
    }
    return {
      ...{ venue, told, ask, nonce, admit },
      lease: (token?: string) => ask('POST', '/worker/lease', offer(), token),
      pass(ms: number) {
        passed += ms
      },
      [Symbol.asyncDispose]: () => venue[Symbol.asyncDispose](),
    }
  }

  const offer = () => {
    const { definition, profile, digest } = toys.product
    const circuits = [{ circuit: definition.name, profile, digest }]
    return { version: WIRE_VERSION, circuits, memory: 1e12, waitMs: 0 }
  }

  function newEnclave() {
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    const documentFor = (nonce: Uint8Array, changes?: Changes) => machine.document({ nonce, publicKey: spki }, changes)
    return { privateKey, documentFor }
  }

  it('wraps the input of a job to the key in the document, and to each worker until its time is over', async () => {
    await using here = await attestingVenue()
    const { venue, ask, lease } = here
    const { id } = await venue.enqueueProduct(3n, 5n)
    assert.deepEqual([(await lease()).status, (await lease()).code()], [403, 'ATTESTATION_REQUIRED'])
    const enclave = newEnclave()
    const admitted = await here.admit(enclave.documentFor(await here.nonce()))
    assert.deepEqual(admitted.json(), { image: 'release 1', seconds: 3_600 })
    const { fence } = (await lease()).json()
    const place = `/worker/jobs/${id.toString('hex')}/input?fence=${fence}`
    const { bytes } = await ask('GET', place)
    const input = unwrapInput(enclave.privateKey, { id, fence: BigInt(fence) }, bytes)!
    const { statement, witness } = productInstance(3n, 5n)
    assert.deepEqual(decodeInput(PRODUCT, 'small', input), { ...statement, ...witness })
    assert.equal(bytes.includes(input), false)
    // Less than a minute is left: enough for an input, and for no further job.
    here.pass(HOUR_MS - 30_000)
    assert.equal((await ask('GET', place)).status, 200)
    assert.equal((await lease()).code(), 'ATTESTATION_REQUIRED')
    here.pass(30_000)
    assert.deepEqual(
      [(await ask('GET', place)).status, (await ask('GET', place)).code()],
      [403, 'ATTESTATION_REQUIRED'],
    )
    assert.deepEqual(here.told, [{ worker: 'a worker', image: 'release 1' }])
  })

  it('takes a nonce once, from the worker that asked for it, within a minute', async () => {
    await using here = await attestingVenue()
    const { documentFor } = newEnclave()
    const required = async (document: Uint8Array, token?: string) => {
      const answer = await here.admit(document, token)
      assert.deepEqual([answer.status, answer.code()], [409, 'ATTESTATION_REQUIRED'])
    }
    await required(documentFor(Buffer.alloc(32)))
    const document = documentFor(await here.nonce())
    const { text: other } = await createToken(here.venue.database, { name: 'another', scope: 'worker', seconds: 60 })
    await required(document, other)
    assert.equal((await here.admit(document)).status, 200)
    await required(document)
    await here.nonce()
    assert.deepEqual(
      [(await here.admit(document)).status, here.told.at(-1)],
      [403, { worker: 'a worker', fault: 'NONCE' }],
    )
    // What is refused uses the nonce up as well.
    const nonce = await here.nonce()
    assert.equal((await here.admit(documentFor(nonce, { fields: { digest: 'SHA256' } }))).status, 403)
    await required(documentFor(nonce))
    const late = await here.nonce()
    here.pass(60_000)
    await required(documentFor(late))
    const replaced = await here.nonce()
    await here.nonce()
    assert.equal((await here.admit(documentFor(replaced))).status, 403)
    // Who was attested before is so still: only a good document takes its place.
    assert.equal((await here.lease()).status, 204)
    assert.equal((await here.lease(other)).code(), 'ATTESTATION_REQUIRED')
  })

  it('says what is wrong with a document, and gives its worker nothing', async () => {
    await using here = await attestingVenue()
    const { documentFor } = newEnclave()
    const debug = { fields: { pcrs: new Map([[0, new Uint8Array(48)]]) } }
    const answer = await here.admit(documentFor(await here.nonce(), debug))
    assert.deepEqual([answer.status, answer.code()], [403, 'ATTESTATION_REFUSED'])
    assert.match(answer.json().error.message, /^DEBUG: /)
    assert.equal((await here.admit(Buffer.alloc(1 << 20))).status, 413)
    assert.equal((await here.ask('POST', '/worker/attestation', { document: '***' })).status, 400)
    assert.equal((await here.lease()).code(), 'ATTESTATION_REQUIRED')
  })

  it('has its jobs proved by a worker that gets documents from a program, and attests anew when it has to', async () => {
    await using here = await attestingVenue()
    await using folder = await temporaryDirectory()
    const attestationProgram = await enclaveProgram(folder.file('enclave.mjs'), machine)
    const { url, token } = here.venue
    await using _worker = startToyWorker({ url, token, selection: toys.selection, attestationProgram })
    const first = await here.venue.enqueueProduct(3n, 5n)
    await here.venue.until(first.id, 'proved')
    // It waits for a job, as one that was attested, while its time runs out.
    here.pass(HOUR_MS)
    const second = await here.venue.enqueueProduct(4n, 6n)
    await here.venue.until(second.id, 'proved')
    assert.deepEqual(here.told, Array(2).fill({ worker: 'a worker', image: 'release 1' }))
    assert.equal((await here.venue.jobs.find(second.id))!.attempts, 1)
  })

  it('turns away a worker that attests nothing, and one that attests where nobody asks for it', async () => {
    await using here = await attestingVenue()
    await using folder = await temporaryDirectory()
    const attestationProgram = await enclaveProgram(folder.file('enclave.mjs'), machine)
    const { url, token } = here.venue
    await using bare = startToyWorker({ url, token, selection: toys.selection })
    assert.equal(await bare.exit(), 1)
    await using plain = await toyVenue(server, toys)
    const there = { url: plain.url, token: plain.token }
    await using eager = startToyWorker({ ...there, selection: toys.selection, attestationProgram })
    assert.equal(await eager.exit(), 1)
  })
})

describe('the program that a worker asks for a document', () => {
  const request = { nonce: Buffer.from('nonce'), publicKey: Buffer.from('key') }
  const never = new AbortController().signal

  it('is given nonce and key, and has its bytes taken as they are', async () => {
    await using folder = await temporaryDirectory()
    const run = async (script: string) => {
      const file = folder.file('program.sh')
      await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
      return await runAttestationCommand(file, request, never)
    }
    assert.equal(Buffer.from(await run('cat')).toString(), '{"nonce":"bm9uY2U=","publicKey":"a2V5"}\n')
    const refused = { code: 'INPUT_INVALID', path: '--attestation-command' }
    await assert.rejects(run('exit 3'), { ...refused, message: /ended with 3/ })
    await assert.rejects(run('cat > /dev/null'), { ...refused, message: /writes nothing/ })
    await assert.rejects(run('cat /dev/zero'), { ...refused, message: /writes more than/ })
    await assert.rejects(runAttestationCommand(folder.file('none'), request, never), { ...refused, message: /ENOENT/ })
    const ended = AbortSignal.abort()
    await assert.rejects(runAttestationCommand(folder.file('program.sh'), request, ended), { code: 'ABORTED' })
  })
})
