import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { requireCircuit } from '../../../circuits/registry.ts'
import type { CircuitDefinition } from '../../../circuits/types.ts'
import { WIRE_VERSION, type WireJob } from '../../../service/dispatcher/wire.ts'
import { decodeInput } from '../../../service/jobs/input.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { AttestedInputs } from '../../../service/worker/attested-inputs.ts'
import { VenueClient } from '../../../service/worker/venue-client.ts'
import { errorOf, zkclear } from '../../support/cli.ts'
import { enclaveProgram } from '../../support/nitro/enclave-program.ts'
import { nitro } from '../../support/nitro/nitro.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
/** Told apart from all other numbers of a batch. */
const PAID = 0x1234_5678n

const machine = nitro()
const { open, folder, chain, target, pay } = await venueOfOne({ lots: PAID })
let serve: Awaited<ReturnType<typeof startServe>>

before(async () => {
  await pay(PAID)
  const { root, seconds, images } = machine.policy
  const allowed = images.map(({ name, pcrs }) => ({ name, pcrs: Object.fromEntries(pcrs) }))
  await writeFile(folder.file('policy.json'), JSON.stringify({ version: 1, root, seconds, images: allowed }))
  const more = ['--workers=0', `--attest=${folder.file('policy.json')}`]
  serve = open.use(await startServe({ ...target, more }))
})

after(() => open.disposeAsync())

/** File of a new token. */
async function workerToken(name: string): Promise<string> {
  const file = folder.file(`${name}.token`)
  const token = ['token', 'create', '--scope', 'worker', '--name', name, '--out', file]
  const made = await zkclear([...token, '--data', folder.file('data')])
  assert.equal(made.code, 0, made.stderr)
  return file
}

/** What starts a worker that lets that program attest it. */
async function workerOf(name: string, program?: string): Promise<string[]> {
  const place = ['--venue', serve.workerUrl, '--token-file', await workerToken(name), '--circuit', 'cash-batch']
  return ['worker', ...place, ...(program === undefined ? [] : ['--attestation-command', program])]
}

it('a venue gives nothing to a worker whose image is another, or that attests nothing', async () => {
  const changed = await enclaveProgram(folder.file('changed.mjs'), machine, { pcr0: '0d'.repeat(48) })
  const refused = await zkclear([...(await workerOf('changed', changed)), '--json'])
  const bare = await zkclear([...(await workerOf('bare')), '--json'])
  assert.deepEqual([refused.code, errorOf(refused).code], [2, 'VENUE_REFUSED'])
  assert.match(errorOf(refused).message, /IMAGE: the enclave runs none of the images/)
  assert.deepEqual([bare.code, errorOf(bare).details?.refusal], [2, 'ATTESTATION_REQUIRED'])
  await serve.until(({ batches }) => batches.sealed === 1)
  assert.equal((await serve.status()).batches.proved, 0)
})

it('the input of a job is wrapped to the enclave that was attested, and opens for nobody else', async () => {
  const definition = requireCircuit('cash-batch') as unknown as CircuitDefinition
  const { digest } = await loadServedCircuit(definition, 'small')
  const circuits = [{ circuit: definition.name, profile: 'small' as const, digest }]
  const offer = { version: WIRE_VERSION, circuits, memory: 2 ** 40, waitMs: 5_000 }
  const { signal } = new AbortController()
  const token = (await readFile(await workerToken('enclave'), 'utf8')).trim()
  const venue = new VenueClient({ url: serve.workerUrl, token })
  const enclave = new AttestedInputs(venue, async (asked) => machine.document(asked))
  await enclave.beAttested(signal)
  let job: WireJob | undefined
  while (job === undefined) job = await venue.lease(offer, signal)
  const wrapped = await venue.input(job, signal)
  const input = enclave.open(job, wrapped)
  assert.equal(Buffer.from(wrapped).includes(Buffer.from(input)), false)
  assert.match(JSON.stringify(decodeInput(definition, 'small', input), bigints), new RegExp(`"${PAID}"`))
  const later = new AttestedInputs(venue, async (asked) => machine.document(asked))
  await later.beAttested(signal)
  assert.throws(() => later.open(job, wrapped), { code: 'VENUE_REFUSED', message: /not wrapped to this enclave/ })
  await venue.fail(job, { reason: 'returned', code: 'ABORTED', message: 'the worker ends' })
})

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

it('a worker of the image that the policy allows opens the job, and what it proves is settled', async () => {
  const program = await enclaveProgram(folder.file('enclave.mjs'), machine)
  const args = await workerOf('release', program)
  const worker: ChildProcess = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  open.defer(() => void worker.kill('SIGTERM'))
  const { batches } = await serve.until(({ batches }) => batches.settled === 1)
  assert.equal(batches.settledRoot, `${(await chain.status()).stateRoot}`)
  const told = serve.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'attestation')
  assert.deepEqual(
    told.map(({ worker, image, fault }) => [worker, fault ?? image]),
    [
      ['changed', 'IMAGE'],
      ['enclave', 'release 1'],
      ['enclave', 'release 1'],
      ['release', 'release 1'],
    ],
  )
})
