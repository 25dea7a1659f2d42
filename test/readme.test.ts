import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { getCreateAddress, Wallet } from 'ethers'
import { packageRoot } from '../circom/paths.ts'
import { DEPLOYED_CIRCUITS } from '../settlement/index.ts'
import { marginArtifacts } from './support/margin-artifacts.ts'
import { temporaryDirectory } from './support/temporary-directory.ts'

/** The package as a project has it: compiled, with its sources' folders beside it. */
async function installPackage(target: string): Promise<void> {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const config = join(packageRoot(), 'tsconfig.build.json')
  await mkdir(target, { recursive: true })
  run(process.execPath, [join(typescript, 'bin', 'tsc'), '-p', config, '--outDir', join(target, 'dist')], target)
  for (const file of ['package.json', 'parameters.json']) await cp(join(packageRoot(), file), join(target, file))
  for (const folder of ['node_modules', 'circuits', 'prover', 'build']) {
    await symlink(join(packageRoot(), folder), join(target, folder))
  }
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

test("the README's library example proves and verifies in a project that npm init made, and exits by itself", async () => {
  await marginArtifacts()
  await using folder = await temporaryDirectory()
  const readme = await readFile(join(packageRoot(), 'README.md'), 'utf8')
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readme)!
  const [, name] = /`node (\S+\.m?ts)`/.exec(readme)!
  const [, built] = /npx zkclear build --circuit ([a-z -]+)\n/.exec(readme)!
  const [, proved] = /circuits: \['([^\]]+)'\]/.exec(example!)!
  assert.deepEqual(built!.split(' '), proved!.split("', '"), 'what is built is what the example proves with')
  const project = folder.file('project')
  await mkdir(project)
  run('npm', ['init', '--yes'], project)
  // What npm writes by itself since version 11.
  run('npm', ['pkg', 'set', 'type=commonjs'], project)
  await installPackage(join(project, 'node_modules', 'zkclear'))
  await writeFile(join(project, name!), example!)
  assert.equal(run(process.execPath, [name!], project), 'true\n')
})

test('the Settlement of the examples is where deploy puts it on a fresh development node', async () => {
  // The first account of such nodes deploys the play tokens of the sample's terms, the verifiers, Authority and Exits first.
  const { assets } = JSON.parse(await readFile(join(packageRoot(), 'samples/terms.json'), 'utf8'))
  const from = new Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80').address
  const address = getCreateAddress({ from, nonce: assets.length + DEPLOYED_CIRCUITS.length + 2 })
  const files = [
    'README.md',
    'docs/cli.md',
    'docs/service.md',
    'samples/trader.mts',
    'cli/simulate.ts',
    'cli/settle.ts',
  ]
  for (const file of files) {
    const text = await readFile(join(packageRoot(), file), 'utf8')
    const given = [...text.matchAll(/(?:--settlement |settlementDomain\(31337n, ')(0x[0-9a-fA-F]{40})/g)].map(
      ([, one]) => one,
    )
    assert.deepEqual(new Set(given), new Set([address]), file)
  }
  // MarginGate comes right after it.
  const gate = getCreateAddress({ from, nonce: assets.length + DEPLOYED_CIRCUITS.length + 3 })
  assert.ok((await readFile(join(packageRoot(), 'docs/service.md'), 'utf8')).includes(gate), `the gate is at ${gate}`)
})

test('one version of Node is asked for, by the README, the package and the command line', async () => {
  const text = (file: string) => readFile(join(packageRoot(), file), 'utf8')
  const [, wanted] = /runs on Node (\d+) or newer/.exec(await text('README.md'))!
  const { engines, devDependencies } = JSON.parse(await text('package.json'))
  assert.equal(engines.node, `>=${wanted}`)
  assert.equal(devDependencies.node.split('.')[0], wanted)
  assert.match(await text('cli/main.ts'), new RegExp(`LEAST_NODE = ${wanted}\\b`))
})
