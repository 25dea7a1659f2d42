import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeFolders } from '../../circom/make-folders.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { locateCompiled } from '../../keys/selection.ts'
import { COMPILER } from '../../lab/circuits/compile-cached.ts'
import { product, TOY_SOURCES } from '../support/circuits/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const CHILD = fileURLToPath(new URL('../support/build-child.ts', import.meta.url))

/** Builds in a process of its own, which is killed at a step of its progress; and what it printed. */
async function build(folder: string, killedAt?: number): Promise<string[]> {
  const args = [CHILD, folder, ...(killedAt === undefined ? [] : [String(killedAt)])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')])
  assert.equal(child.signalCode, killedAt === undefined ? null : 'SIGKILL')
  return printed.trim().split('\n')
}

const stagesOf = (lines: readonly string[]) => [...new Set(lines.map((line) => line.split(':')[0]))]
const fractionOf = (line: string | undefined) => Number(line?.split(':')[1])

describe('a build that is killed', { timeout: 600_000 }, () => {
  it('is gone on with by the next one, which makes nothing again that was finished', async () => {
    await using folder = await temporaryDirectory()
    const all = ['compile', 'check simplification of', 'compile the witness program of', 'key']
    assert.deepEqual(stagesOf(await build(folder.path, 4)), ['compile'], 'killed in the compiler')
    assert.deepEqual(stagesOf(await build(folder.path, 8)), all.slice(0, 2), 'compiled anew; killed as it is checked')
    assert.deepEqual(stagesOf(await build(folder.path, 6)), all.slice(1, 2), 'killed before the comparison')
    const compared = await build(folder.path, 15)
    assert.deepEqual([stagesOf(compared), compared[0]], [all.slice(1), 'check simplification of: 0.516'])
    const keyed = await build(folder.path, 6)
    assert.deepEqual(stagesOf(keyed), ['key'])
    assert.ok(fractionOf(keyed[0]) >= fractionOf(compared.at(-1)), 'the key is gone on with')
    const last = await build(folder.path)
    assert.ok(fractionOf(last[0]) >= fractionOf(keyed.at(-1)), 'and once more')
    assert.deepEqual(stagesOf(last.slice(0, -1)), ['key'])

    const undisturbed = await build(folder.file('other'))
    assert.equal(last.at(-1), undisturbed.at(-1), 'the files are those of a build that nobody killed')
    for (const kind of ['signed-small', 'keys']) {
      assert.equal((await readdir(folder.file(kind))).length, 1, 'nothing else is left')
    }
  })
})

const OPTIONS = { circuits: [product], profile: 'small', sourceRoots: TOY_SOURCES, compiler: COMPILER } as const

/** Builds until a stage begins, and is aborted there. What it left lies in `left`. */
async function aborted(stage: string) {
  const folder = await temporaryDirectory()
  const options = { ...OPTIONS, buildDirectory: folder.path }
  const controller = new AbortController()
  const abort = (progress: { stage: string; fraction: number }) =>
    progress.stage.startsWith(stage) && controller.abort()
  const building = buildArtifacts({ ...options, signal: controller.signal, onProgress: abort })
  await assert.rejects(building, { code: 'ABORTED' })
  const parent = stage === 'key' ? folder.file('keys') : folder.file('product-small')
  const left = (await readdir(parent)).filter((name) => name.endsWith('.unfinished')).map((name) => join(parent, name))
  const goOn = async () => {
    const stages = new Set<string>()
    const [built] = await buildArtifacts({ ...options, onProgress: (progress) => stages.add(progress.stage) })
    assert.ok((await readdir(parent)).every((name) => !name.endsWith('.unfinished')))
    return { stages: [...stages].map((name) => name.replace(/ \w+$/, '')), manifest: built!.manifest }
  }
  return { ...folder, left, goOn, parent }
}

describe('a build that is aborted', () => {
  it('leaves what it had finished to the next one, of the same process as well', async () => {
    await using build = await aborted('check')
    assert.equal(build.left.length, 1)
    assert.deepEqual((await build.goOn()).stages, ['check simplification of', 'compile the witness program of', 'key'])
  })

  it('leaves nothing where nothing was finished', async () => {
    await using build = await aborted('compile')
    assert.deepEqual(build.left, [])
  })

  it('leaves nothing to the next one that is not as it was finished', async () => {
    await using build = await aborted('check')
    await flip(join(build.left[0]!, 'whole', 'circuit.r1cs'))
    assert.deepEqual((await build.goOn()).stages, [
      'compile',
      'check simplification of',
      'compile the witness program of',
      'key',
    ])
  })

  it('leaves a key of which nothing is taken that is not as it was written', async () => {
    await using build = await aborted('key')
    await flip(join(build.left[0]!, 'whole', 'circuit.zkey'))
    const { manifest } = await build.goOn()
    await using other = await aborted('key')
    assert.deepEqual((await other.goOn()).manifest.files, manifest.files)
  })
})

describe('what a build left', () => {
  it('is not taken from a process that lives', async () => {
    await using folder = await temporaryDirectory()
    const options = { ...OPTIONS, buildDirectory: folder.path }
    const { directory } = locateCompiled(product, 'small', options)
    const theirs = `${directory}.${process.ppid}.0123456789ab.unfinished`
    await makeFolders(theirs)
    await writeFile(join(theirs, 'compiled.json'), 'theirs')
    await buildArtifacts(options)
    assert.equal(await readFile(join(theirs, 'compiled.json'), 'utf8'), 'theirs')
  })

  it('goes when the directory is there: whoever made it had no time to tidy up', async () => {
    await using folder = await temporaryDirectory()
    const options = { ...OPTIONS, buildDirectory: folder.path }
    const [built] = await buildArtifacts(options)
    const left = [built!.directory, built!.keyDirectory].map((path) => `${path}.0.0123456789ab.unfinished`)
    for (const path of left) await makeFolders(path)
    assert.equal((await buildArtifacts(options))[0]!.built, false)
    for (const path of left) await assert.rejects(stat(path), { code: 'ENOENT' })
  })

  it('goes when nobody took it up for a week', async () => {
    await using folder = await temporaryDirectory()
    const options = { ...OPTIONS, buildDirectory: folder.path }
    const { directory } = locateCompiled(product, 'small', options)
    const [old, newer] = ['0'.repeat(32), '1'.repeat(32)].map(
      (hash) => `${join(directory, '..', hash)}.0.0123456789ab.unfinished`,
    )
    for (const [path, days] of [
      [old!, 8],
      [newer!, 6],
    ] as const) {
      await makeFolders(path)
      const then = new Date(Date.now() - days * 86_400_000)
      await utimes(path, then, then)
    }
    await buildArtifacts(options)
    await assert.rejects(stat(old!), { code: 'ENOENT' })
    assert.ok((await stat(newer!)).isDirectory())
  })
})

async function flip(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 100)
  await file.write(Buffer.of(buffer[0]! ^ 1), 0, 1, 100)
}
