import assert from 'node:assert/strict'
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { CIRCUIT_NAMES, cashBatch, deleverage, exit, takeover } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { readMarginJob } from '../../cli/margin-request.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { marketsRoot, stateRoot } from '../../protocol/state.ts'
import { decodeState, encodeCashBatch, encodeDeleveraging, encodeExit, encodeTakeover } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { marginArtifactsCopy } from '../support/margin-artifacts.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { withFlippedBit } from '../support/toy-artifacts.ts'
import { writeVenue } from '../support/venue-folder.ts'

const SETTLEMENT = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const GATE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

describe('zkclear prove', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let venue: Awaited<ReturnType<typeof writeVenue>>
  let request: Record<string, unknown>

  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
    folder = await temporaryDirectory()
    venue = await writeVenue(folder.path)
    const files = ['flow.csv', 'genesis.json', 'risk.json'].map((name) => folder.file(name))
    const [flow, genesis, risk] = files as [string, string, string]
    const chain = ['--chain-id', '31337', '--settlement', SETTLEMENT]
    const inputs = ['--flow', flow, '--genesis', genesis, '--risk', risk]
    const { code, stderr } = await zkclear(['simulate', ...inputs, ...chain, '--out', folder.file('run')])
    assert.equal(code, 0, stderr)
    request = {
      version: 1,
      state: 'run/state.json',
      risk: 'run/risk.json',
      account: venue.roles.wellMargined,
      ownerSecret: { keys: 'keys.json' },
      domain: { chainId: '31337', settlement: SETTLEMENT },
      ratioBps: '10000',
      context: { gate: GATE, purpose: `0x${'01'.repeat(32)}` },
    }
  })
  after(() => folder[Symbol.asyncDispose]())

  it('names what is wrong with the input before it asks for keys', async () => {
    for (const verb of ['prove', 'witness']) {
      const missing = ['--input', folder.file('none.json'), '--out', folder.file('out')]
      const result = await zkclear([
        verb,
        'trade-batch',
        ...missing,
        '--json',
        '--build-directory',
        folder.file('none'),
      ])
      assert.equal(errorOf(result).code, 'FILE_UNREADABLE')
    }
  })

  it('names the command that builds what is missing, and no more', async () => {
    const files = ['--input', folder.file('run/batches/000001.json'), '--out', folder.file('out.json')]
    const result = await zkclear(['prove', 'trade-batch', ...files, '--build-directory', folder.file('none')])
    assert.equal(result.code, 3)
    assert.match(result.stderr, /run "zkclear build --circuit trade-batch --build-directory /)
  })

  /** Writes the request and proves it; the output must not appear unless the command succeeds. */
  const proveMargin = async (changes: object, args: readonly string[] = [], env: Record<string, string> = {}) => {
    await writeFile(folder.file('request.json'), JSON.stringify({ ...request, ...changes }))
    const before = await readdir(folder.path)
    const input = ['--input', folder.file('request.json'), '--out', folder.file('proof.json')]
    const result = await zkclear(['prove', 'margin-sufficiency', ...input, '--json', ...args], { env })
    if (result.code !== 0) {
      assert.equal(result.stdout, '')
      assert.deepEqual(await readdir(folder.path), before, 'nothing was written')
    }
    return result
  }
  /** As a command, or only what the command reads. */
  const refuses = async (changes: object, code: string, path: string, message = /must/, asCommand = false) => {
    const error = asCommand ? await refusal(changes) : await misreading(changes)
    assert.equal(error.code, code)
    assert.equal(error.path, path)
    assert.match(error.message, message)
  }
  const refusal = async (changes: object) => {
    const result = await proveMargin(changes)
    assert.equal(result.code, 2)
    return errorOf(result)
  }
  const misreading = async (changes: object): Promise<ZkclearError> => {
    const file = folder.file('misread.json')
    await writeFile(file, JSON.stringify({ ...request, ...changes }))
    const reading = readMarginJob(file, 'small').then(() => assert.fail('it is read'))
    return await reading.catch((error) => {
      assert.ok(error instanceof ZkclearError, String(error))
      return error
    })
  }
  const ownerSecret = (account: number) => String(venue.secrets.get(account)!.ownerSecret)

  it('proves the batches of a simulation, which verify as one chain of state roots', async () => {
    const inputs = ['000001.json', '000002.json'].map((name) => folder.file(`run/batches/${name}`))
    const out = folder.file('proofs')
    const result = await zkclear(['prove', 'trade-batch', '--input', ...inputs, '--out', out, '--json'])
    assert.equal(result.stderr, '', 'no progress in a pipe')
    assert.equal(result.code, 0)
    assert.deepEqual((await readdir(out)).sort(), ['000001.proof.json', '000002.proof.json'])
    const { proofs } = documentOf(result) as { proofs: { out: string; statement: Record<string, string> }[] }
    const summary = JSON.parse(await readFile(folder.file('run/summary.json'), 'utf8'))
    assert.equal(proofs[0]!.statement.oldStateRoot, summary.genesisRoot)
    assert.equal(proofs[1]!.statement.oldStateRoot, proofs[0]!.statement.newStateRoot)
    assert.equal(proofs[1]!.statement.newStateRoot, summary.stateRoot)
    for (const { out, statement } of proofs) {
      const verified = await zkclear(['verify', 'trade-batch', '--proof', out, '--json'])
      assert.equal(verified.code, 0)
      assert.deepEqual(documentOf(verified).statement, statement)
    }
  })

  it('proves a cash batch, a takeover, a deleveraging and an exit from their files, and each proof verifies as what it says, and not as more', async () => {
    const { witness: batch } = cashBatch.example('small')
    const { statement: owed, witness } = exit.example('small')
    const { domain, stateRoot, riskRoot } = owed
    const files = {
      'cash-batch': encodeCashBatch({ number: 1, transition: batch }, 'small'),
      takeover: encodeTakeover(takeover.example('small').witness, 'small'),
      deleverage: encodeDeleveraging(deleverage.example('small').witness, 'small'),
      exit: encodeExit({ ...witness, domain, stateRoot, riskRoot, index: Number(owed.account) }, 'small'),
    }
    for (const [name, file] of Object.entries(files)) {
      await writeFile(folder.file(`${name}.json`), JSON.stringify(file))
      const out = folder.file(`${name}.proof.json`)
      const proved = await zkclear(['prove', name, '--input', folder.file(`${name}.json`), '--out', out, '--json'])
      assert.equal(proved.code, 0, proved.stderr)
      const verified = await zkclear(['verify', name, '--proof', out])
      assert.equal(verified.code, 0, verified.stderr)
    }
    const proof = JSON.parse(await readFile(folder.file('exit.proof.json'), 'utf8'))
    const more = { ...proof.statement, claim: [String(owed.claim[0]! + 1n), String(owed.claim[1])] }
    await writeFile(folder.file('more.json'), JSON.stringify({ ...proof, statement: more }))
    assert.equal((await zkclear(['verify', 'exit', '--proof', folder.file('more.json')])).code, 1)
  })

  it('takes an output that ends in a slash for a directory, also with one input', async () => {
    const input = folder.file('run/batches/000001.json')
    const out = `${folder.file('one')}/`
    const { code, stderr } = await zkclear(['prove', 'trade-batch', '--input', input, '--out', out])
    assert.equal(code, 0, stderr)
    assert.deepEqual(await readdir(out), ['000001.proof.json'])
  })

  it('proves margin, with the secret from a keys file, its own file or the environment', async () => {
    const secret = ownerSecret(venue.roles.wellMargined)
    await writeFile(folder.file('owner.secret'), `0x${BigInt(secret).toString(16)}\n`)
    const nullifiers = new Set()
    for (const source of [{ keys: 'keys.json' }, { file: 'owner.secret' }, { env: 'OWNER' }]) {
      const result = await proveMargin({ ownerSecret: source }, ['--verbose'], { OWNER: secret })
      assert.equal(result.code, 0, result.stderr)
      const { proofs } = documentOf(result) as { proofs: { statement: { nullifier: string } }[] }
      nullifiers.add(proofs[0]!.statement.nullifier)
      const written = result.stdout + result.stderr + (await readFile(folder.file('proof.json'), 'utf8'))
      assert.ok(!written.includes(secret), 'the secret shows nowhere')
    }
    assert.equal(nullifiers.size, 1)
    const verified = await zkclear(['verify', 'margin-sufficiency', '--proof', folder.file('proof.json')])
    assert.equal(verified.code, 0)
  })

  it('proves margin from what was recovered of the account alone, as from the whole state', async () => {
    const whole = documentOf(await proveMargin({})) as { proofs: { statement: object }[] }
    const state = decodeState(JSON.parse(await readFile(folder.file('run/state.json'), 'utf8')), 'small')
    const index = venue.roles.wellMargined
    const { riskTable } = venue
    const roots = { domain: 1n, stateRoot: stateRoot(state), riskRoot: hashRiskTable(riskTable), riskTable }
    const { children } = state.accounts.path(index)
    const opened = { index, account: state.accounts.get(index)!, children, marketsRoot: marketsRoot(state) }
    await writeFile(folder.file('exit.json'), JSON.stringify(encodeExit({ ...roots, ...opened }, 'small')))
    const alone = await proveMargin({ state: 'exit.json' })
    assert.equal(alone.code, 0, alone.stderr)
    const { proofs } = documentOf(alone) as typeof whole
    assert.deepEqual(proofs[0]!.statement, whole.proofs[0]!.statement)
    const other = await proveMargin({ state: 'exit.json', account: venue.roles.underMargined })
    assert.deepEqual([other.code, errorOf(other).code], [2, 'INPUT_INVALID'])
  })

  it('ends with 1 for an account that lacks margin, says by how much, and writes no proof', async () => {
    const result = await proveMargin({ account: venue.roles.underMargined })
    assert.equal(result.code, 1)
    assert.equal(errorOf(result).code, 'WITNESS_FAILED')
    const missed =
      /^margin-sufficiency cannot be proved: the account misses the ratio of 10000 bps by [1-9]\d* quanta, in scenario \d+$/
    assert.match(errorOf(result).message, missed)
  })

  it("refuses another owner's secret, one that is not a field element, and one in the request, and repeats none of them", async () => {
    const other = ownerSecret(venue.roles.underMargined)
    for (const OWNER of [other, String(FIELD), 'hunter2']) {
      const result = await proveMargin({ ownerSecret: { env: 'OWNER' } }, ['--verbose'], { OWNER })
      assert.equal(result.code, 2)
      assert.match(result.stderr, /request\.ownerSecret/)
      assert.ok(!result.stderr.includes(OWNER))
    }
    const inline = await proveMargin({ ownerSecret: other })
    assert.equal(inline.code, 2)
    assert.match(errorOf(inline).message, /never the secret itself/)
    assert.ok(!inline.stderr.includes(other))
    for (const env of ['NOT_SET', '__proto__']) {
      await refuses({ ownerSecret: { env } }, 'INPUT_INVALID', env, /is not set/)
    }
    const two = { env: 'OWNER', file: 'owner.secret' }
    await refuses({ ownerSecret: two }, 'INPUT_INVALID', 'request.ownerSecret', /one of "file", "keys" and "env"/)
  })

  it('refuses numbers that are r, negative or too wide, and names that are wrong', async () => {
    await refuses({ domain: String(FIELD) }, 'INPUT_INVALID', 'request.domain', /must/, true)
    await refuses({ ratioBps: '-1' }, 'INPUT_INVALID', 'request.ratioBps')
    await refuses({ ratioBps: '131072' }, 'STATEMENT_INVALID', 'statement.ratioBps', /must/, true)
    await refuses({ ratio: '1' }, 'INPUT_INVALID', 'request', /ratio/)
    await refuses({ account: 77 }, 'INPUT_INVALID', 'request.ownerSecret.keys', /no keys of account 77/)
    const missing = folder.file('none.json')
    await refuses({ state: 'none.json' }, 'FILE_UNREADABLE', missing, /ENOENT/, true)
  })

  it('says what is wrong with a context or a domain: of what type it is, or which part of it is bad and how', async () => {
    const context = (value: unknown, path: string, message: RegExp) =>
      refuses({ context: value }, 'INPUT_INVALID', path, message)
    await context(42, 'request.context', /must be a decimal string or \{ "gate"/)
    await context({ gate: GATE }, 'request.context.purpose', /must be 32 bytes in hex/)
    await context({ gate: GATE, purpose: '0x01' }, 'request.context.purpose', /got "0x01", need 32 bytes/)
    await context({ gate: '0x1', purpose: `0x${'01'.repeat(32)}` }, 'request.context.gate', /0x and 40 hex digits/)
    const domain = { chainId: String(1n << 256n), settlement: SETTLEMENT }
    await refuses({ domain }, 'INPUT_INVALID', 'request.domain.chainId', /below 2\^256/)
  })

  it('refuses a state whose contents are not those of its root', async () => {
    const state = JSON.parse(await readFile(folder.file('run/state.json'), 'utf8'))
    state.accounts[0].collateral[0] = '1'
    await writeFile(folder.file('changed.json'), JSON.stringify(state))
    await refuses({ state: 'changed.json' }, 'INPUT_INVALID', 'state.stateRoot', /is not the root/, true)
  })

  it('refuses a batch whose signature or outcome was changed', async () => {
    const batch = JSON.parse(await readFile(folder.file('run/batches/000001.json'), 'utf8'))
    const refuses = async (changed: object, code: string, message: RegExp) => {
      const input = folder.file('changed.json')
      await writeFile(input, JSON.stringify(changed))
      const out = folder.file('changed.proof.json')
      const result = await zkclear(['prove', 'trade-batch', '--input', input, '--out', out, '--json'])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, code)
      assert.match(errorOf(result).message, message)
      assert.equal(errorOf(result).details!.file, input)
    }
    await refuses({ ...batch, newStateRoot: '1' }, 'INPUT_INVALID', /^batch\.newStateRoot/)
    const [first, ...rest] = batch.bundles
    const forged = { ...first, messages: [{ ...first.messages[0], size: '101' }] }
    await refuses({ ...batch, bundles: [forged, ...rest] }, 'MESSAGE_REFUSED', /BAD_SIGNATURE/)
  })

  it('ends with 3 for a truncated key, a flipped bit, and nothing built, and writes no proof', async () => {
    await using copy = await marginArtifactsCopy()
    const check = async (code: string, directory: string) => {
      const result = await proveMargin({}, ['--build-directory', directory])
      assert.equal(result.code, 3)
      assert.equal(errorOf(result).code, code)
    }
    await writeFile(copy.file('circuit.zkey'), await withFlippedBit(copy.file('circuit.zkey')))
    await check('ARTIFACT_CORRUPT', copy.buildDirectory)
    await truncate(copy.file('circuit.zkey'), 5000)
    await check('ARTIFACT_CORRUPT', copy.buildDirectory)
    await check('ARTIFACT_MISSING', folder.path)
  })

  it('refuses an output that cannot be written, before it proves', async () => {
    for (const out of [folder.file('risk.json/proof.json'), folder.path]) {
      const result = await proveMargin({}, ['--out', out])
      assert.equal(result.code, 2)
      assert.equal(errorOf(result).code, 'OUTPUT_UNWRITABLE')
      assert.equal(errorOf(result).path, out)
    }
  })

  it('ends with 130 when interrupted while proving, and leaves nothing behind', async () => {
    await writeFile(folder.file('request.json'), JSON.stringify(request))
    const before = await readdir(folder.path)
    const input = ['--input', folder.file('request.json'), '--out', folder.file('interrupted.json')]
    const result = await zkclear(['prove', 'margin-sufficiency', ...input, '--verbose'], {
      interrupt: { on: '"stage":"prove"', signal: 'SIGTERM' },
    })
    assert.equal(result.code, 130)
    assert.deepEqual(await readdir(folder.path), before)
  })

  it('proves with snarkjs where there is no native prover, says why, and refuses a path that was asked for', async () => {
    const home = { ZKCLEAR_NATIVE_DIRECTORY: folder.file('nothing'), PATH: folder.path, CXX: '' }
    const proved = await proveMargin({}, [], { ...home, ZKCLEAR_NATIVE: '' })
    assert.equal(proved.code, 0, proved.stderr)
    const { backend } = documentOf(proved) as { backend: Record<string, unknown> }
    assert.deepEqual([backend.name, backend.degraded], ['snarkjs', true])
    assert.match(String(backend.reason), /was not built in .*no C\+\+ compiler/)
    await rm(folder.file('proof.json'))
    const refused = await proveMargin({}, [], { ...home, ZKCLEAR_NATIVE: 'adx' })
    assert.equal(refused.code, 3)
    assert.equal(errorOf(refused).code, 'NATIVE_UNAVAILABLE')
  })
})
