import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { packageRoot } from '../../circom/paths.ts'
import { CIRCUIT_NAMES, CIRCUITS } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** What commands and benchmarks read; node_modules is linked beside it. */
const PARTS = [
  ...[
    'hardhat.config.ts',
    'hardhat',
    'audit',
    'build/keys',
    ...CIRCUIT_NAMES.map((name) => `build/${name}-small`),
    'circom',
    'circuits',
    'cli',
  ],
  ...['contracts', 'docs', 'index.ts', 'keys', 'lab', 'package.json', 'parameters.json', 'prover', 'protocol'],
  ...['oracle', 'scripts', 'settlement', 'tsconfig.json', 'types', 'venue', 'verifier'],
]

/** A circuit as somebody would add it: its template, and its entry. What it states is more than its public signal. */
const FILES = {
  'square-root.circom': `pragma circom 2.2.3;

// Claim: I know a root whose square, with the offset, gives the sum.
template SquareRoot() {
    signal input sum;
    signal input offset;
    signal input root;
    sum === root * root + offset;
}
`,
  'index.ts': `import type { RegisteredCircuit } from '../types.ts'

type Statement = { readonly square: bigint; readonly offset: bigint }
type Witness = { readonly root: bigint }

const check = ({ square, offset }: Readonly<Record<string, unknown>>): Statement => ({
  square: BigInt(square as bigint),
  offset: BigInt(offset as bigint),
})

export const squareRoot: RegisteredCircuit<'square-root', Statement, Witness> = {
  name: 'square-root',
  claim: 'I know a root of the square; a proof carries the sum of square and offset.',
  template: 'SquareRoot',
  source: 'square-root/square-root.circom',
  templateArguments: () => [],
  publicSignals: ['sum'],
  statementFields: ['square', 'offset'],
  statementOf: check,
  encodeStatement: ({ square, offset }) => [square + offset],
  inputShapes: () => ({ sum: [], offset: [], root: [] }),
  buildInput: ({ square, offset }, { root }) => ({ sum: square + offset, offset, root }),
  example: () => ({ statement: { square: 49n, offset: 5n }, witness: { root: 7n } }),
  async readJob(document) {
    const { square, offset, root } = document as Record<string, string>
    return { statement: check({ square, offset }), witness: { root: BigInt(root!) } }
  },
  review: {
    budget: { small: 1, standard: 1 },
    inputs: [
      { names: ['sum'], role: 'public', reason: 'the statement' },
      { names: ['offset', 'root'], role: 'chosen', reason: 'what the prover knows' },
    ],
    keys: [],
    free: [],
    sections: [{ name: 'All', components: /^/ }],
  },
}
`,
}

describe('a circuit that is added with its folder and one line of the registry', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>

  before(async () => {
    await buildArtifacts({ circuits: Object.values(CIRCUITS), profile: 'small' })
    folder = await temporaryDirectory()
    for (const part of PARTS) await cp(join(packageRoot(), part), folder.file(part), { recursive: true })
    await symlink(join(packageRoot(), 'node_modules'), folder.file('node_modules'))
    await mkdir(folder.file('circuits/square-root'))
    for (const [name, content] of Object.entries(FILES)) {
      await writeFile(folder.file(`circuits/square-root/${name}`), content)
    }
    const registry = await readFile(folder.file('circuits/registry.ts'), 'utf8')
    const added = registry
      .replace(/^import /, "import { squareRoot } from './square-root/index.ts'\nimport ")
      .replace("  'trade-batch': tradeBatch,\n", "  'trade-batch': tradeBatch,\n  'square-root': squareRoot,\n")
    await writeFile(folder.file('circuits/registry.ts'), added)
    await writeFile(folder.file('job.json'), JSON.stringify({ square: '49', offset: '5', root: '7' }))
  })
  after(() => folder[Symbol.asyncDispose]())

  async function run(script: string, ...args: string[]) {
    const child = spawn(process.execPath, [folder.file(script), ...args], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    assert.equal(child.exitCode, 0, `${script} ${args.join(' ')}\n${stdout}\n${stderr}`)
    return stdout
  }
  const zkclear = async (...args: string[]) => JSON.parse(await run('cli/main.ts', ...args, '--json'))

  test('is built and inspected', async () => {
    const { circuits } = await zkclear('build', '--circuit', 'square-root')
    assert.deepEqual([circuits[0].circuit, circuits[0].constraints.total], ['square-root', 1])
    assert.deepEqual((await zkclear('inspect', 'square-root')).publicInputs, ['sum'])
  })

  test('is proved and verified against its statement, which is not its public signal', async () => {
    await zkclear('prove', 'square-root', '--input', 'job.json', '--out', 'proof.json')
    const { valid, statement } = await zkclear('verify', 'square-root', '--proof', 'proof.json')
    assert.deepEqual([valid, statement], [true, { square: '49', offset: '5' }])
  })

  test('has a verifier for chains', async () => {
    const { contract } = await zkclear('export', 'square-root', '--out', 'Verifier.sol')
    assert.equal(contract, 'SquareRootVerifier')
  })

  test('is audited', async () => {
    const { counts } = await zkclear('audit', 'square-root', '--all')
    assert.deepEqual([counts.FORGED, counts.UNKNOWN], [0, 0])
  })

  test('is counted by the benchmark', async () => {
    assert.match(await run('scripts/bench.ts', '--counts'), /^square-root \(small\): 1 constraints$/m)
  })
})
