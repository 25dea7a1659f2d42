import assert from 'node:assert/strict'
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { CIRCUITS } from '../../../circuits/index.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { NativeBackend } from '../../../prover/native/backend.ts'
import { loadTestAddon } from '../../support/native-addon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

// A mapped file would end the process here (SIGBUS), or change between the check of a point and its use.
suite('a proving key that changes while it is loaded', () => {
  test('is found too short where it was cut after it was opened', async () => {
    await using folder = await temporaryDirectory()
    const file = folder.file('some.zkey')
    await writeFile(file, new Uint8Array(1 << 20))
    const { readShortened } = await loadTestAddon()
    assert.throws(() => readShortened(file, 5000), /became shorter while it was read/)
  })

  test('gives a typed error or a key, never a crash', async () => {
    await using folder = await temporaryDirectory()
    await using backend = new NativeBackend(await loadTestAddon(), { threads: 2 })
    const artifacts = await loadArtifacts(CIRCUITS['margin-sufficiency'], 'small')
    const original = await readFile(artifacts.files.zkey)
    const zkey = folder.file('changing.zkey')
    const load = () => backend.loadKey({ ...artifacts, files: { ...artifacts.files, zkey } })
    const change = [
      () => truncate(zkey, original.length >> 1),
      () => truncate(zkey, 0),
      () => writeFile(zkey, new Uint8Array(original.length).fill(0xa5), { flag: 'r+' }),
    ]
    for (let i = 0; i < 24; i++) {
      await copyFile(artifacts.files.zkey, zkey)
      const loading = load().catch((error) => error.code)
      await setTimeout(i % 8)
      await change[i % change.length]!()
      const outcome = await loading
      if (typeof outcome === 'string') assert.equal(outcome, 'ARTIFACT_CORRUPT')
    }
    await copyFile(artifacts.files.zkey, zkey)
    assert.equal((await load()).circuit, artifacts.circuit)
  })
})
