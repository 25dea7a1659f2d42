import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { marginArtifacts } from '../support/margin-artifacts.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const BUILD = ['build', '--circuit', 'margin-sufficiency']

describe('zkclear build', () => {
  it('does nothing for what is current, and says so', async () => {
    const { manifest, directory } = await marginArtifacts()
    const result = await zkclear([...BUILD, '--json'])
    assert.equal(result.code, 0)
    assert.equal(result.stderr, '', 'no progress in a pipe')
    const [circuit] = documentOf(result).circuits as Record<string, unknown>[]
    assert.equal(circuit!.built, false)
    assert.equal(circuit!.directory, directory)
    assert.deepEqual(circuit!.constraints, manifest.constraints)
  })

  it('names the same circuit twice and builds it once', async () => {
    const { stdout } = await zkclear([...BUILD, 'margin-sufficiency', '--json'])
    assert.equal(JSON.parse(stdout).circuits.length, 1)
  })

  it('refuses unknown circuits and malformed numbers', async () => {
    const unknown = await zkclear(['build', '--circuit', 'margin-sufficiency', 'nonesuch', '--json'])
    assert.equal(unknown.code, 2)
    assert.equal(errorOf(unknown).code, 'CIRCUIT_UNKNOWN')
    for (const threads of ['-1', '1.5', '257']) {
      const result = await zkclear([...BUILD, `--threads=${threads}`, '--json'])
      assert.equal(result.code, 2, threads)
      assert.equal(errorOf(result).path, '--threads')
      assert.match(errorOf(result).message, /a decimal integer from 1 to 256/)
    }
  })

  it('refuses a build directory that cannot be written', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('occupied'), '')
    const result = await zkclear([...BUILD, '--build-directory', folder.file('occupied/build'), '--json'])
    assert.equal(result.code, 2)
    assert.equal(errorOf(result).code, 'OUTPUT_UNWRITABLE')
  })

  it('says in a pipe what it is at, a line for each stage', async () => {
    await using folder = await temporaryDirectory()
    const line = 'zkclear: compile margin-sufficiency\n'
    const { code, stdout, stderr } = await zkclear([...BUILD, '--build-directory', folder.path], {
      interrupt: { on: line, signal: 'SIGINT' },
    })
    assert.deepEqual([code, stdout], [130, ''])
    assert.equal(stderr.split(line).length, 2, 'once for all of its progress')
  })

  it('ends with 130 when interrupted and leaves nothing half-built', async () => {
    await using folder = await temporaryDirectory()
    const result = await zkclear([...BUILD, '--build-directory', folder.path, '--verbose'], {
      interrupt: { on: '"stage":"compile', signal: 'SIGINT' },
    })
    assert.equal(result.code, 130)
    assert.match(
      result.stderr,
      /zkclear: .*(interrupted|aborted).*; what was finished is kept, and the same command goes on/,
    )
    assert.deepEqual(
      (await readdir(folder.path, { recursive: true })).filter((name) => name.includes('/')),
      [],
    )
  })
})
