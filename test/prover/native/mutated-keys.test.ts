import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { NativeBackend } from '../../../prover/native/backend.ts'
import { fieldBytes } from '../../support/blinded-proofs.ts'
import { loadTestAddon } from '../../support/native-addon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { toyArtifacts } from '../../support/toy-artifacts.ts'
import { PRODUCT } from '../../support/toy-definitions.ts'

/** Numbers from 0 to below `limit`, the same in every run. */
function sequence(seed: number) {
  let state = seed
  return (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** Where sections start: their number, and the offset of their length and content. */
function sectionsOf(file: Buffer): { id: number; start: number; bytes: number }[] {
  const sections = []
  for (let at = 12; at < file.length; ) {
    const bytes = Number(file.readBigUInt64LE(at + 4))
    sections.push({ id: file.readUInt32LE(at), start: at + 12, bytes })
    at += 12 + bytes
  }
  return sections
}

suite('a proving key that was tampered with', () => {
  test('gives a typed error, or a key that still proves something, in a thousand ways', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    await using folder = await temporaryDirectory()
    const addon = await loadTestAddon()
    await using backend = new NativeBackend(addon, { threads: 1 })
    const artifacts = await toys.load(PRODUCT)
    const original = await readFile(artifacts.files.zkey)
    const sections = sectionsOf(original)
    const header = sections.find(({ id }) => id === 2)!.start + 72
    const coefficients = sections.find(({ id }) => id === 4)!.start
    const witness = fieldBytes([1n, 15n, 100n, 7n, 3n, 5n])
    const random = sequence(7)
    const lies = [0, 1, 2, 3, 7, 2 ** 16, 2 ** 27, 2 ** 28, 2 ** 31, 2 ** 32 - 1]

    const mutations: ((file: Buffer) => Buffer)[] = [
      (file) => file.subarray(0, random(file.length)),
      (file) => {
        file[random(file.length)]! ^= 1 << random(8)
        return file
      },
      // Counts of wires, public signals, domain; of coefficients; the places of a coefficient.
      (file) => {
        file.writeUInt32LE(lies[random(lies.length)]!, header + 4 * random(3))
        return file
      },
      (file) => {
        file.writeUInt32LE(
          lies[random(lies.length)]!,
          coefficients + (random(2) ? 0 : 4 + 44 * random(8) + 4 * random(3)),
        )
        return file
      },
      (file) => {
        const { start } = sections[random(sections.length)]!
        file.writeBigUInt64LE(BigInt(lies[random(lies.length)]!) * (random(2) ? 1n : 2n ** 32n), start - 8)
        return file
      },
      (file) => {
        file.writeUInt32LE(random(14), sections[random(sections.length)]!.start - 12)
        return file
      },
      (file) => Buffer.concat([file, file.subarray(12, 12 + random(file.length - 12))]),
    ]
    const outcomes = { refused: 0, proved: 0 }
    const zkey = folder.file('mutated.zkey')
    for (let i = 0; i < 1000; i++) {
      await writeFile(zkey, mutations[i % mutations.length]!(Buffer.from(original)))
      try {
        const key = await backend.loadKey({ ...artifacts, files: { ...artifacts.files, zkey } })
        await backend.prove(key, witness)
        outcomes.proved++
      } catch (error) {
        assert.match((error as { code: string }).code, /^(ARTIFACT_CORRUPT|PROOF_INVALID)$/)
        outcomes.refused++
      }
    }
    // Changed coefficients, and sections that nobody reads, make keys that are whole.
    assert.ok(outcomes.refused > 800, JSON.stringify(outcomes))
  })
})
