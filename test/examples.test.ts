import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { packageRoot } from '../circom/paths.ts'

/** What examples take as given. */
const GIVEN = `
  import type {
    Groth16Proof, Intent, MarginStatement, MarginWitness, PublishedBatch, RiskTable, SignedBundle, State,
    DeployOptions, StateProof, TradeBatch, VenueTerms,
  } from 'zkclear'
  declare global {
    const state: State, riskTable: RiskTable, domain: bigint
    const privateKey: Uint8Array, ownerSecret: bigint, viewKey: bigint, batches: readonly PublishedBatch[]
    const keys: ReadonlyMap<number, Uint8Array>
    const bundle: SignedBundle, batch: TradeBatch, intents: readonly Intent[]
    const signer: DeployOptions['signer'], settlement: string, terms: VenueTerms, proofs: readonly StateProof[]
    const witness: MarginWitness, statement: MarginStatement, proof: Groth16Proof, vkey: unknown
  }`

interface Example {
  /** What it is an example of. */
  readonly of: string
  readonly code: string
}

function examplesIn(source: string): Example[] {
  const documented = /@example\n((?: \* ?.*\n)+?) \*\/\nexport (?:async )?(?:function\*?|class) (\w+)/g
  return [...source.matchAll(documented)].map(([, lines, of]) => ({ of: of!, code: lines!.replace(/^ \* ?/gm, '') }))
}

describe('the examples in docstrings, and the programs of a trader', () => {
  const read = (file: string) => readFileSync(join(packageRoot(), file), 'utf8')
  const { exports } = JSON.parse(read('package.json'))
  const exported: Record<string, string[]> = JSON.parse(read('test/vectors/exports.json'))
  const files = globSync('{protocol,circuits,circom,keys,verifier,venue,prover,settlement,oracle,audit}/**/*.ts')
  const examples = files.flatMap((file) => examplesIn(read(file)))

  it('show twenty things that users call, or more', () => {
    const names = new Set(Object.values(exported).flat())
    for (const { of, code } of examples) {
      assert.ok(names.has(of), `${of} is not exported`)
      assert.match(code, new RegExp(`\\b${of}\\b`))
    }
    assert.ok(examples.length >= 20, `${examples.length} examples`)
  })

  /** The example with the imports of what it uses. */
  function moduleOf({ code }: Example): string {
    const used = new Set(code.match(/(?<![.\w'])[A-Za-z]\w*/g))
    const modules = Object.entries(exported).map(([path, names]) => [`zkclear${path.slice(1)}`, names] as const)
    const imports = [...modules, ['node:fs/promises', ['readFile', 'writeFile']] as const].map(([module, names]) => {
      const wanted = names.filter((name) => used.delete(name))
      return wanted.length === 0 ? '' : `import { ${wanted.join(', ')} } from '${module}'\n`
    })
    return `${imports.join('')}${code}\nexport {}\n`
  }

  it('are type-correct', async () => {
    await mkdir(join(packageRoot(), 'build'), { recursive: true })
    const folder = await mkdtemp(join(packageRoot(), 'build', 'examples-'))
    try {
      const paths = Object.keys(exported).map((path) => {
        const source = exports[path].types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts')
        return [`zkclear${path.slice(1)}`, [join(packageRoot(), source)]]
      })
      const config = {
        extends: join(packageRoot(), 'tsconfig.json'),
        compilerOptions: { paths: Object.fromEntries(paths), noUnusedLocals: false },
        include: ['*.ts', '*.mts', join(packageRoot(), 'types')],
      }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
      await writeFile(join(folder, 'given.ts'), GIVEN)
      for (const example of examples) await writeFile(join(folder, `${example.of}.ts`), moduleOf(example))
      for (const name of ['trader.mts', 'admit.mts']) await writeFile(join(folder, name), read(`samples/${name}`))
      const compiler = join(packageRoot(), 'node_modules', 'typescript', 'bin', 'tsc')
      const output = await new Promise<string>((resolve) =>
        execFile(process.execPath, [compiler, '-p', folder], (error, out, err) => resolve(error ? out + err : '')),
      )
      assert.equal(output, '')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
