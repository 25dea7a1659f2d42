import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { compileContracts, KZG_OPTIMIZER_RUNS } from '../../settlement/index.ts'
import { documentOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { writeVenue } from '../support/venue-folder.ts'

const SETTLEMENT = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const GATE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
/** The most code that a chain takes, in bytes. */
const MAX_CODE = 24_576

/** Takes minutes: keys of more than 100 MB are made, unless they are there, and proofs by snarkjs. */
describe('margin-sufficiency on the command line', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
    const { roles } = await writeVenue(folder.path)
    const files = { flow: 'flow.csv', genesis: 'genesis.json', risk: 'risk.json' }
    const inputs = Object.entries(files).flatMap(([option, name]) => [`--${option}`, folder.file(name)])
    const chain = ['--chain-id', '31337', '--settlement', SETTLEMENT]
    const result = await zkclear(['simulate', ...inputs, ...chain, '--out', folder.file('run')])
    assert.equal(result.code, 0, result.stderr)
    const request = {
      ...{ version: 1, state: 'run/state.json', risk: 'run/risk.json', account: roles.wellMargined },
      ...{ ownerSecret: { keys: 'keys.json' }, domain: { chainId: '31337', settlement: SETTLEMENT } },
      ...{ ratioBps: '10000', context: { gate: GATE, purpose: `0x${'01'.repeat(32)}` } },
    }
    await writeFile(folder.file('request.json'), JSON.stringify(request))
  })
  after(() => folder[Symbol.asyncDispose]())

  for (const system of ['plonk', 'fflonk'] as const) {
    it(`is built, proved, verified and exported in ${system}`, async () => {
      const run = async (...args: string[]) => {
        const result = await zkclear([...args, '--proof-system', system, '--json'])
        return { ...result, document: result.code === 0 ? documentOf(result) : undefined }
      }
      const proof = folder.file(`${system}.json`)
      assert.equal((await run('build', '--circuit', 'margin-sufficiency')).code, 0)
      const input = ['--input', folder.file('request.json'), '--out', proof]
      const proved = await run('prove', 'margin-sufficiency', ...input)
      assert.equal(proved.code, 0, proved.stderr)
      assert.equal((await run('verify', 'margin-sufficiency', '--proof', proof)).document?.valid, true)

      const document = JSON.parse(await readFile(proof, 'utf8'))
      const other = { ...document.statement, context: '1' }
      await writeFile(folder.file('other.json'), JSON.stringify(other))
      const statement = ['--statement', folder.file('other.json')]
      assert.equal((await run('verify', 'margin-sufficiency', '--proof', proof, ...statement)).code, 1)

      const out = folder.file(`${system}.sol`)
      const { contract } = (await run('export', 'margin-sufficiency', '--out', out)).document as { contract: string }
      const compiled = await compileContracts({ [contract]: await readFile(out, 'utf8') }, KZG_OPTIMIZER_RUNS)
      const codeBytes = (compiled[contract]!.bytecode.length - 2) / 2
      assert.ok(codeBytes < MAX_CODE, `${codeBytes} bytes`)
    })
  }
})
