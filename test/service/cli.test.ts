import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { createInterface } from 'node:readline/promises'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { marginSufficiency } from '../../circuits/index.ts'
import type { CircuitDefinition } from '../../circuits/types.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import { changeJobs } from '../../service/jobs/change-jobs.ts'
import { newJob } from '../../service/jobs/new-job.ts'
import { loadServedCircuit } from '../../service/jobs/served-circuit.ts'
import { createToken, revokeToken } from '../../service/tokens/tokens.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { marginArtifacts } from '../support/margin-artifacts.ts'
import { inState } from '../support/service/job-state.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const CIRCUIT = ['--circuit', 'margin-sufficiency']

describe('zkclear worker', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    server = await testServer()
    folder = await temporaryDirectory()
    await marginArtifacts()
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  /** A venue that asks for proofs of margin, with a worker's token in a file. */
  async function marginVenue() {
    await using open = new AsyncDisposableStack()
    const database = open.use(await server.fresh())
    const circuit = await loadServedCircuit(marginSufficiency as unknown as CircuitDefinition, 'small')
    const sealer = await sealerOf(database)
    const { url, jobs } = open.use(await serveDispatcher({ database, sealer, circuits: [circuit] }))
    const token = await createToken(database, { name: 'a worker', scope: 'worker', seconds: 3600 })
    const file = folder.file(`token-${token.id}.txt`)
    await writeFile(file, `${token.text}\n`, { mode: 0o600 })
    const kept = open.move()
    return {
      ...{ database, sealer, circuit, url, jobs, file, tokenId: token.id },
      arguments: ['worker', '--venue', url, '--token-file', file, ...CIRCUIT, '--json'],
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
  }

  it('proves a job of a real circuit, and ends with 0 when it is interrupted', async () => {
    await using venue = await marginVenue()
    const job = newJob(venue.circuit, marginSufficiency.example('small'))
    await changeJobs(venue.database, venue.sealer, [{ enqueue: job }])
    const child = spawn(process.execPath, [MAIN, ...venue.arguments], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    let document = ''
    for await (const line of createInterface(child.stdout)) {
      document += line
      if (line === '}') break
    }
    const { memory, ...rest } = JSON.parse(document)
    assert.deepEqual(rest, { venue: venue.url, profile: 'small', circuits: ['margin-sufficiency'] })
    assert.ok(memory > 0)
    await inState(venue.jobs, job.id, 'proved')
    child.kill('SIGTERM')
    assert.deepEqual(await exit, [0, null])
  })

  it('refuses a token file that others can read, is missing or empty', async () => {
    await using venue = await marginVenue()
    await chmod(venue.file, 0o640)
    const open = errorOf(await zkclear(venue.arguments))
    assert.equal(open.code, 'INPUT_INVALID')
    assert.match(open.message, /can be read by others than its owner \(mode 0640\); run "chmod 600" on it/)
    await writeFile(folder.file('empty.txt'), '\n', { mode: 0o600 })
    for (const [file, code] of [
      ['empty.txt', 'INPUT_INVALID'],
      ['missing.txt', 'FILE_UNREADABLE'],
    ] as const) {
      const result = await zkclear(['worker', '--venue', venue.url, '--token-file', folder.file(file), '--json'])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, code)
    }
  })

  it('ends with 2 where its token is not good, and would send none in clear', async () => {
    await using venue = await marginVenue()
    await revokeToken(venue.database, venue.tokenId)
    const refused = await zkclear(venue.arguments)
    assert.equal(refused.code, 2)
    assert.equal(refused.stdout, '', 'nothing is said to be proved')
    const { code, path, message } = errorOf(refused)
    assert.deepEqual([code, path], ['VENUE_REFUSED', venue.file])
    assert.match(message, /its token is refused: .*; "zkclear token create --scope worker" makes one$/)
    const inClear = await zkclear(['worker', '--venue', 'http://venue.example', '--token-file', venue.file, '--json'])
    assert.equal(inClear.code, 2)
    assert.match(errorOf(inClear).message, /only https:\/\/ is allowed beyond this machine/)
  })

  it('ends with 3 where the circuit is not built', async () => {
    await using venue = await marginVenue()
    const result = await zkclear([...venue.arguments, '--build-directory', folder.file('nothing')])
    assert.equal(result.code, 3)
    assert.equal(errorOf(result).code, 'ARTIFACT_MISSING')
  })
})
