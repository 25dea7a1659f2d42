import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { packageRoot } from '../circom/paths.ts'
import { temporaryDirectory } from './support/temporary-directory.ts'

const TSC = join(packageRoot(), 'node_modules/typescript/bin/tsc')
const STRICT = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
  ...{ module: 'nodenext', target: 'es2024', types: ['node'], noEmit: true },
}

test('the types of every sub-path hold in a project that has the package and its dependencies alone, and checks libraries', async () => {
  await using project = await temporaryDirectory()
  const modules = project.file('node_modules')
  const { exports, dependencies } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(packageRoot(), 'node_modules', name), join(modules, name))
  }
  const home = join(modules, 'zkclear')
  await mkdir(home)
  await copyFile(join(packageRoot(), 'package.json'), join(home, 'package.json'))
  await tsc('-p', join(packageRoot(), 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', join(home, 'dist'))
  const paths = Object.entries<string | object>(exports).filter(([, target]) => typeof target === 'object')
  const lines = paths.map(([path], place) => `export * as of${place} from 'zkclear${path.slice(1)}'\n`)
  await writeFile(project.file('all.mts'), lines.join(''))
  await writeFile(project.file('tsconfig.json'), JSON.stringify({ compilerOptions: STRICT, files: ['all.mts'] }))
  assert.equal(await tsc('-p', project.path), '')
})

/** What it prints; that it fails is said with that. */
async function tsc(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [TSC, ...args])).stdout
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error })
  }
}
