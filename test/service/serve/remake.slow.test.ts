import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { after, before, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Contract } from 'ethers'
import { requireCircuit } from '../../../circuits/registry.ts'
import type { CircuitDefinition } from '../../../circuits/types.ts'
import { WIRE_VERSION } from '../../../service/dispatcher/wire.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { VenueClient } from '../../../service/worker/venue-client.ts'
import { connect } from '../../../settlement/index.ts'
import { zkclear } from '../../support/cli.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const CLOCK = new URL('../../support/service/shifted-clock.ts', import.meta.url).href

const { open, folder, chain, target, pay } = await venueOfOne({ lots: 1_005n })
let serve: Awaited<ReturnType<typeof startServe>>
let tokenFile: string
let worker: ChildProcess | undefined

before(async () => {
  await pay(1_000n)
  await writeFile(folder.file('clock'), '0')
  serve = await start()
  tokenFile = folder.file('worker.token')
  const token = ['token', 'create', '--scope', 'worker', '--name', 'a worker', '--out', tokenFile]
  const made = await zkclear([...token, '--data', folder.file('data')])
  assert.equal(made.code, 0, made.stderr)
})

after(async () => {
  worker?.kill('SIGTERM')
  await serve?.[Symbol.asyncDispose]()
  await open.disposeAsync()
})

const start = () =>
  startServe({
    ...target,
    more: ['--workers=0'],
    preload: CLOCK,
    env: { ZKCLEAR_TEST_CLOCK: folder.file('clock') },
  })

const rewinds = (cause: string) => serve.lines.filter((line) => line.includes('rewound') && line.includes(cause)).length

/** The first status of which that is true; what stands still meanwhile is no fault here. */
async function first(isSo: (status: Status) => boolean): Promise<Status> {
  for (;;) {
    const now = await serve.status()
    if (isSo(now)) return now
    await setTimeout(100)
  }
}

/** Resolves once the venue has been rewound for that cause so often. */
async function rewound(cause: string, count: number): Promise<void> {
  await first(() => rewinds(cause) >= count)
}

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
  await first(({ alerts }) => alerts.some(({ code }) => code === 'PROOF_FAILED'))
  assert.equal(rewinds('WITNESS'), 3)
})

it('a batch that grew too old to be settled is made anew, proved and settled', async () => {
  const before = await serve.status()
  await writeFile(folder.file('clock'), '610')
  await chain.ask('evm_increaseTime', 610)
  await chain.ask('evm_mine')
  await rewound('AGE', 1)
  const place = ['--venue', serve.workerUrl, '--token-file', tokenFile, '--circuit', 'cash-batch']
  worker = spawn(process.execPath, [MAIN, 'worker', ...place], { stdio: ['ignore', 'ignore', 'inherit'] })
  const settled = await first(({ batches }) => batches.settled === 1)
  assert.equal(settled.batches.settledRoot, `${(await chain.status()).stateRoot}`)
  assert.notEqual(settled.batches.settledRoot, before.batches.settledRoot)
})

it('a verifier that is changed stops the line with a word on what to build; the venue starts again with that alone', async () => {
  const [own, other] = await Promise.all(['cash-batch', 'takeover'].map(verifierOf))
  const code = await chain.ask('eth_getCode', own, 'latest')
  await chain.ask('hardhat_setCode', own, await chain.ask('eth_getCode', other, 'latest'))
  await pay(5n)
  const isTold = (line: string) => /LINE_STOPPED.*the verifier of cash-batch on the chain has another key/.test(line)
  await first(() => serve.lines.some(isTold))
  assert.equal(rewinds('PROOF'), 0)
  assert.equal(await serve.end('SIGTERM'), 0)
  await assert.rejects(start(), /the verifier of cash-batch on the chain has another key/)
  await chain.ask('hardhat_setCode', own, code)
  serve = await start()
  const now = await first(({ batches }) => batches.settled === 2)
  assert.equal(now.batches.settledRoot, `${(await chain.status()).stateRoot}`)
})

async function verifierOf(circuit: string): Promise<string> {
  using connection = await connect({ rpcUrl: chain.rpcUrl })
  const { signer } = connection
  const settlement = new Contract(chain.settlement, ['function authority() view returns (address)'], signer)
  const authority = await settlement.getFunction('authority')()
  const circuits = ['function circuits(uint256 kind) view returns (address verifier, uint96 words)']
  const { settlementKind } = requireCircuit(circuit) as CircuitDefinition
  return (await new Contract(authority, circuits, signer).getFunction('circuits')(settlementKind)).verifier
}
