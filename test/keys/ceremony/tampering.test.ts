import assert from 'node:assert/strict'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ceremonyStatus, verifyCeremony } from '../../../keys/ceremony/index.ts'
import { writePowersOfTau } from '../../../keys/dev/powers-of-tau.ts'
import { loadCompiled } from '../../../keys/load.ts'
import {
  blake2b512,
  ceremonyGround,
  doctorKey,
  doctorTranscript,
  rearrangeContributions,
  sectionOf,
  walkCeremony,
} from '../../support/ceremony.ts'
import { product } from '../../support/circuits/index.ts'

describe('a ceremony is not verified', () => {
  let ground: Awaited<ReturnType<typeof ceremonyGround>>
  let directory: string
  before(async () => {
    ground = await ceremonyGround({ product })
    directory = ground.file('coordinator')
    await ground.begin(directory)
    await walkCeremony(directory, ground.file)
  })
  after(async () => {
    await ground[Symbol.asyncDispose]()
  })

  /** Only the last step in a directory of its own, for a test that damages it. */
  async function lastStep(name: string) {
    const copy = ground.file(name)
    await cp(join(directory, '0004'), join(copy, '0004'), { recursive: true })
    return { copy, folder: join(copy, '0004') }
  }
  const refuses = (copy: string, message: RegExp) =>
    assert.rejects(verifyCeremony(ground.checking(copy)), { code: 'CEREMONY_INVALID', message })

  test('if a file is another one than the transcript says', async () => {
    const { copy, folder } = await lastStep('flipped')
    const bytes = await readFile(join(folder, 'product.zkey'))
    bytes[bytes.length - 700]! ^= 1
    await writeFile(join(folder, 'product.zkey'), bytes)
    await refuses(copy, /product\.zkey: has the sha256 sum/)
    await assert.rejects(ceremonyStatus(copy), { code: 'CEREMONY_INVALID' })
  })

  test('if a contribution was tampered with and all hashes mended', async () => {
    const cases: [number, number, RegExp][] = [
      // A point of H replaced by another one, a byte of A, the name, and the proof that the secret was known.
      [9, 0, /section 9 \(h\) was not divided by what delta was multiplied by/],
      [5, 70, /section 5 \(a\) is another one/],
      [10, 68 + 392 + 3, /its contribution is by/],
      [10, 68 + 64, /a point that is not in G1/],
    ]
    for (const [index, [section, at, reason]] of cases.entries()) {
      const { copy, folder } = await lastStep(`tampered-${index}`)
      await doctorKey(folder, 'product', (bytes) => {
        const target = sectionOf(bytes, section)
        if (section === 9) target.copy(target, 0, 64, 128)
        else target[at]! ^= 1
        return bytes
      })
      await refuses(copy, reason)
    }
  })

  test('if the chain was reordered, in the keys and the transcript', async () => {
    const { copy, folder } = await lastStep('reordered')
    await doctorKey(folder, 'product', (bytes) => rearrangeContributions(bytes, [1, 0, 2, 3]))
    await doctorTranscript(folder, ({ steps }) => {
      steps.unshift(...steps.splice(1, 1))
    })
    await refuses(copy, /contribution 1 does not build on the ones before it/)
  })

  test('if a contribution was removed, from the transcript alone or from the keys too', async () => {
    const { copy, folder } = await lastStep('removed')
    await doctorTranscript(folder, ({ steps }) => void steps.splice(1, 1))
    await cp(folder, join(copy, '0003'), { recursive: true })
    await rm(folder, { recursive: true })
    await refuses(copy, /its key has 4 contributions, the transcript 3 steps/)
    await doctorKey(join(copy, '0003'), 'product', (bytes) => rearrangeContributions(bytes, [0, 2, 3]))
    await refuses(copy, /contribution 2 does not build on the ones before it/)
  })

  test('for another constraint system, also if the transcript names that one', async () => {
    const { copy, folder } = await lastStep('swapped')
    const sourceRoots = [ground.file('other-sources')]
    await mkdir(sourceRoots[0]!)
    const text = await readFile(join(ground.sources.sourceRoots[0]!, 'product.circom'), 'utf8')
    await writeFile(join(sourceRoots[0]!, 'product.circom'), text.replace('left * right', '(left + 1) * right'))
    const checking = { ...ground.checking(copy), sourceRoots }
    await assert.rejects(verifyCeremony(checking), { code: 'CEREMONY_INVALID', message: /another constraint system/ })
    const { manifest } = await loadCompiled(product, 'small', checking)
    await doctorTranscript(folder, ({ circuits }) => {
      circuits[0]!.r1cs = manifest.files['circuit.r1cs'].sha256
    })
    await assert.rejects(verifyCeremony(checking), {
      code: 'CEREMONY_INVALID',
      message: /its first key does not follow/,
    })
  })

  test('if an earlier folder is not what the last transcript remembers', async () => {
    const { copy } = await lastStep('history')
    await cp(join(directory, '0002'), join(copy, '0002'), { recursive: true })
    await doctorTranscript(join(copy, '0002'), ({ steps }) => {
      steps[0]!.time = '2026-01-01T00:00:00.000Z'
    })
    await refuses(copy, /step 2 .* is not the one that step 4 builds on/)
  })

  test('with powers of tau that nobody vouches for, or others than it began with', async () => {
    const { trustPtau: _, ...checking } = ground.checking(directory)
    await assert.rejects(verifyCeremony(checking), { code: 'INPUT_INVALID', message: /none of the published/ })
    const other = ground.file('other.ptau')
    await writePowersOfTau({ path: other, power: 8, secrets: 'others' })
    const trustPtau = await blake2b512(other)
    const swapped = { ...checking, powersOfTau: other, trustPtau }
    await assert.rejects(verifyCeremony(swapped), {
      code: 'INPUT_INVALID',
      message: /not the file that the ceremony began/,
    })
  })

  test('for a circuit that nobody defines', async () => {
    const checking = { ...ground.checking(directory), definitions: {} }
    await assert.rejects(verifyCeremony(checking), { code: 'CIRCUIT_UNKNOWN' })
  })
})
