import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { after, describe, test } from 'node:test'
import { powersOfTau } from 'snarkjs'
import { type PowersOfTauContent, writePowersOfTau } from '../../keys/dev/powers-of-tau.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { knownPowersOfTau } from '../support/known-powers-of-tau.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { fileSections } from '../support/zkey-sections.ts'

const POWER = 4
const secrets = { tau: 5n, alpha: 6n, beta: 7n }

describe('writePowersOfTau', () => {
  after(() => globalThis.curve_bn128?.terminate())

  test('writes, point for point, what snarkjs prepares from the same secrets', async () => {
    await using folder = await temporaryDirectory()
    const theirs = await knownPowersOfTau(POWER)
    const path = folder.file('ours.ptau')
    await writePowersOfTau({ path, power: POWER, secrets: theirs.secrets, threads: 1 })
    const [ours, reference] = [await fileSections(path), await fileSections(theirs.ptau)]
    // Section 7 lists the contributions; a file from known secrets has none.
    assert.equal(ours.get(7), '00000000')
    for (const id of [1, 2, 3, 4, 5, 6, 12, 13, 14, 15]) assert.equal(ours.get(id), reference.get(id), `section ${id}`)
  })

  test('is refused by the check of snarkjs, which wants a contribution', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('ours.ptau')
    await writePowersOfTau({ path, power: 1, secrets: 'a seed', threads: 1 })
    // Its types are those of another function.
    const verify = powersOfTau.verify as unknown as (file: string) => Promise<boolean>
    assert.equal(await verify(path), false)
  })

  test('leaves out what PLONK and FFLONK do not read', async () => {
    await using folder = await temporaryDirectory()
    const write = async (content: PowersOfTauContent, power: number) => {
      const path = folder.file(content)
      await writePowersOfTau({ path, power, secrets, content, threads: 1 })
      return fileSections(path)
    }
    const all = await write('all', 6)
    const plonk = await write('plonk', 3)
    const fflonk = await write('fflonk', 3)
    assert.deepEqual([...plonk.keys()], [1, 2, 3, 12, 7])
    assert.deepEqual([...fflonk.keys()], [1, 2, 3, 12, 7])
    for (const id of [2, 3, 7, 12]) {
      assert.ok(all.get(id)!.startsWith(plonk.get(id)!), `section ${id}`)
      assert.ok(all.get(id)!.startsWith(fflonk.get(id)!), `section ${id}`)
    }
    const points = (sections: Map<number, string>, id: number) => sections.get(id)!.length / 128
    assert.deepEqual([points(plonk, 2), points(plonk, 12)], [8 + 6, 15])
    assert.deepEqual([points(fflonk, 2), points(fflonk, 12)], [9 * 8 + 18, 0])
  })

  test('refuses unusable secrets and powers, and leaves no file', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('bad.ptau')
    for (const bad of [{ tau: 0n }, { tau: 1n }, { tau: FIELD }, { alpha: 0n }, { beta: -1n }]) {
      const options = { path, power: 2, secrets: { ...secrets, ...bad } }
      await assert.rejects(writePowersOfTau(options), { code: 'INPUT_INVALID', path: Object.keys(bad)[0] })
    }
    for (const power of [0, 28, 1.5, Number.NaN]) {
      await assert.rejects(writePowersOfTau({ path, power, secrets }), { code: 'INPUT_INVALID', path: 'power' })
    }
    assert.equal(existsSync(path), false)
  })

  test('replaces no file', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('there.ptau')
    await writeFile(path, 'kept')
    await assert.rejects(writePowersOfTau({ path, power: 2, secrets }), { code: 'OUTPUT_UNWRITABLE', path })
    assert.equal((await stat(path)).size, 4)
  })

  test('stops when its signal fires, and leaves no file', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('stopped.ptau')
    const controller = new AbortController()
    const options = { path, power: 12, secrets, threads: 1, signal: controller.signal }
    await assert.rejects(writePowersOfTau({ ...options, onProgress: () => controller.abort() }), { code: 'ABORTED' })
    assert.equal(existsSync(path), false)
  })
})
