import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildArtifacts, compileArtifacts } from '../../keys/build.ts'
import { locateCompiled } from '../../keys/selection.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const source = (more: string) => `pragma circom 2.2.3;
template Toy() {
  signal input x;
  signal input y;
  x * y === 12;
  x === 3;
  ${more}
}
`
const toy = { name: 'toy', template: 'Toy', source: 'toy.circom', publicSignals: ['y'], templateArguments: () => [] }

async function project(more: string) {
  const folder = await temporaryDirectory()
  await writeFile(folder.file('toy.circom'), source(more))
  const selection = { buildDirectory: folder.file('build'), sourceRoots: [folder.path] }
  return { ...folder, options: { ...selection, circuits: [toy], profile: 'small' as const } }
}

describe('a build', () => {
  it('refuses a circuit of which the compiler dropped constraints, says which, and leaves nothing', async () => {
    await using folder = await project('x === 5;')
    for (const optimization of ['O1', 'O2'] as const) {
      const options = { ...folder.options, optimization }
      for (const build of [buildArtifacts, compileArtifacts]) {
        await assert.rejects(build(options), {
          code: 'COMPILE_FAILED',
          message: /-O\d\) changed.*\n.*dropped.*main\.x/,
        })
      }
      assert.ok(!existsSync(locateCompiled(toy, 'small', options).directory))
    }
  })

  it('takes it as it is written, where the contradiction stays', async () => {
    await using folder = await project('x === 5;')
    const [built] = await compileArtifacts({ ...folder.options, optimization: 'O0' })
    assert.deepEqual([built!.manifest.constraints.total, built!.manifest.milliseconds.check], [3, 0])
  })

  it('compares what it compiled anew, once, and says so', async () => {
    await using folder = await project('')
    const stages = new Set<string>()
    const onProgress = ({ stage }: { stage: string }) => stages.add(stage)
    const [first] = await compileArtifacts({ ...folder.options, onProgress })
    assert.deepEqual([...stages], ['compile toy', 'check simplification of toy'])
    const manifest = JSON.parse(await readFile(join(first!.directory, 'manifest.json'), 'utf8'))
    assert.ok(manifest.milliseconds.check > 0)
    stages.clear()
    assert.equal((await compileArtifacts({ ...folder.options, onProgress }))[0]!.built, false)
    assert.equal(stages.size, 0)
  })
})
