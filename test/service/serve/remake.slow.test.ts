import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import type { CircuitDefinition } from '../../../circuits/types.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { WIRE_VERSION } from '../../../service/dispatcher/wire.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { VenueClient } from '../../../service/worker/venue-client.ts'
import { connect, deposit, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { zkclear } from '../../support/cli.ts'
import { ALICE, startVenue } from '../../support/node-venue.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const CLOCK = new URL('../../support/service/shifted-clock.ts', import.meta.url).href

let open: AsyncDisposableStack
let chain: Awaited<ReturnType<typeof startVenue>>
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
let serve: Awaited<ReturnType<typeof startServe>>
let tokenFile: string

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  open = new AsyncDisposableStack()
  folder = open.use(await temporaryDirectory())
  chain = open.use(await startVenue())
  const { rpcUrl, settlement } = chain
  using connection = await connect({ rpcUrl, privateKey: ALICE.key })
  const { signer } = connection
  const registration = registrationOf({ privateKey: new Uint8Array(32).fill(9), ownerSecret: 9n, viewKey: 1009n })
  const { account } = await registerAccount({ signer, settlement, registration })
  await mintPlay({ signer, settlement, asset: 0, lots: 1_000n })
  await deposit({ signer, settlement, account, asset: 0, lots: 1_000n })
  await writeFile(folder.file('clock'), '0')
  serve = open.use(
    await startServe({
      ...{ rpcUrl, settlement, folder: folder.path, more: ['--workers=0'] },
      ...{ preload: CLOCK, env: { ZKCLEAR_TEST_CLOCK: folder.file('clock') } },
    }),
  )
  tokenFile = folder.file('worker.token')
  const token = ['token', 'create', '--scope', 'worker', '--name', 'a worker', '--out', tokenFile]
  const made = await zkclear([...token, '--data', folder.file('data')])
  assert.equal(made.code, 0, made.stderr)
})

after(() => open.disposeAsync())

const rewinds = (cause: string) => serve.lines.filter((line) => line.includes('rewound') && line.includes(cause)).length

/** Resolves once the venue has been rewound for that cause so often. */
async function rewound(cause: string, count: number): Promise<void> {
  while (rewinds(cause) < count) await serve.status()
}

const withoutProof = async () => (await serve.status()).alerts.some(({ code }) => code === 'PROOF_FAILED')

it('a batch for which no witness is said to be is made anew three times, and then a person has to look', async () => {
  const circuit = await loadServedCircuit(requireCircuit('cash-batch') as unknown as CircuitDefinition, 'small')
  const liar = new VenueClient({ url: serve.workerUrl, token: (await readFile(tokenFile, 'utf8')).trim() })
  const circuits = [{ circuit: 'cash-batch', profile: 'small', digest: circuit.digest }]
  const seen = new Set<string>()
  for (let lies = 1; lies <= 4; lies++) {
    let job: Awaited<ReturnType<typeof liar.lease>>
    do {
      const asked = { version: WIRE_VERSION, circuits, memory: 2 ** 40, waitMs: 5_000 }
      job = await liar.lease(asked, new AbortController().signal)
    } while (job === undefined)
    seen.add(job.id)
    await liar.fail(job, { reason: 'input', code: 'WITNESS_FAILED', message: 'there is none' })
    if (lies <= 3) await rewound('WITNESS', lies)
  }
  assert.equal(seen.size, 4, 'each time it is another statement')
  while (!(await withoutProof()));
  assert.equal(rewinds('WITNESS'), 3)
})

it('a batch that grew too old to be settled is made anew, proved and settled', async () => {
  const before = await serve.status()
  await writeFile(folder.file('clock'), '610')
  await chain.ask('evm_increaseTime', 610)
  await chain.ask('evm_mine')
  await rewound('AGE', 1)
  const place = ['--venue', serve.workerUrl, '--token-file', tokenFile, '--circuit', 'cash-batch']
  const worker = spawn(process.execPath, [MAIN, 'worker', ...place], { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    let settled = before
    while (settled.batches.settled === 0) settled = await serve.status()
    assert.equal(settled.batches.settledRoot, `${(await chain.status()).stateRoot}`)
    assert.notEqual(settled.batches.settledRoot, before.batches.settledRoot)
  } finally {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
})
