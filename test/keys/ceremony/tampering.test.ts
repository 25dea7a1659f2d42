import assert from 'node:assert/strict'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  ceremonyStatus,
  contribute,
  type RoundKey,
  type Transcript,
  verifyCeremony,
} from '../../../keys/ceremony/index.ts'
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

const TIME = '2026-01-01T00:00:00.000Z'
const NO_HASH = '00'.repeat(32)

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

  /** Only the last round in a directory of its own, for a test that damages it. */
  async function lastRound(name: string) {
    const copy = ground.file(name)
    await cp(join(directory, '0004'), join(copy, '0004'), { recursive: true })
    return { copy, folder: join(copy, '0004') }
  }
  /** A ceremony whose first transcript was changed before somebody contributed. */
  async function falseFromTheStart(name: string, change: (transcript: Transcript) => unknown) {
    const place = ground.file(name)
    await cp(join(directory, '0000'), join(place, '0000'), { recursive: true })
    await doctorTranscript(join(place, '0000'), change)
    await contribute({ directory: place, name: 'Only' })
    return place
  }
  const refuses = (copy: string, message: RegExp) =>
    assert.rejects(verifyCeremony(ground.checking(copy)), { code: 'CEREMONY_INVALID', message })

  test('if a file is another one than the transcript says', async () => {
    const { copy, folder } = await lastRound('flipped')
    const bytes = await readFile(join(folder, 'product.zkey'))
    bytes[bytes.length - 700]! ^= 1
    await writeFile(join(folder, 'product.zkey'), bytes)
    await refuses(copy, /product\.zkey: has the sha256 sum/)
    await assert.rejects(ceremonyStatus(copy), { code: 'CEREMONY_INVALID' })
  })

  test('if a contribution was tampered with and all hashes mended', async () => {
    const cases: [number, number, RegExp][] = [
      // A point of H replaced by another one, a byte of A, the name, the point that the transcript gives, and that times
      // the secret.
      [9, 0, /section 9 \(h\) was not divided by what delta was multiplied by/],
      [5, 70, /section 5 \(a\) is another one/],
      [10, 68 + 392 + 3, /its contribution is by/],
      [10, 68 + 64, /its contribution was made to another transcript/],
      [10, 68 + 128, /does not have the hash that the transcript names/],
    ]
    for (const [index, [section, at, reason]] of cases.entries()) {
      const { copy, folder } = await lastRound(`tampered-${index}`)
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
    const { copy, folder } = await lastRound('reordered')
    await doctorKey(folder, 'product', (bytes) => rearrangeContributions(bytes, [1, 0, 2, 3]))
    await doctorTranscript(folder, ({ rounds }) => {
      rounds.unshift(...rounds.splice(1, 1))
    })
    await refuses(copy, /round 1: its contribution was made to another transcript/)
  })

  test('if a contribution was removed, from the transcript alone or from the keys too', async () => {
    const { copy, folder } = await lastRound('removed')
    await doctorTranscript(folder, ({ rounds }) => void rounds.splice(1, 1))
    await cp(folder, join(copy, '0003'), { recursive: true })
    await rm(folder, { recursive: true })
    await refuses(copy, /its key has 4 contributions, the transcript 3 rounds/)
    await doctorKey(join(copy, '0003'), 'product', (bytes) => rearrangeContributions(bytes, [0, 2, 3]))
    await refuses(copy, /round 2: its contribution was made to another transcript/)
  })

  describe('if words were rewritten that no key holds, and all hashes mended, with only the last folder at hand', () => {
    type Words = { attestation: string }
    const rewritten: Record<string, (transcript: Transcript) => unknown> = {
      'what was announced about the beacon': (t) => Object.assign(t, { beaconPlan: 'whatever came' }),
      'when it began': (t) => Object.assign(t, { created: TIME }),
      'when somebody contributed': ({ rounds }) => Object.assign(rounds[0]!, { time: TIME }),
      'what somebody attested': ({ rounds }) => Object.assign(rounds[1] as Words, { attestation: 'Nothing.' }),
      'the last attestation before the beacon': ({ rounds }) => Object.assign(rounds[2] as Words, { attestation: '' }),
      'the hash of an earlier key': ({ rounds }) => Object.assign(rounds[0]!.keys[0]!, { key: NO_HASH }),
      'the hash of an earlier verification key': ({ rounds }) =>
        Object.assign(rounds[1]!.keys[0]!, { verificationKey: NO_HASH }),
    }
    for (const [index, [what, change]] of Object.entries(rewritten).entries()) {
      test(what, async () => {
        const { copy, folder } = await lastRound(`rewritten-${index}`)
        await doctorTranscript(folder, change)
        await refuses(copy, /round \d: its contribution was made to another transcript/)
      })
    }

    test('who contributed, in the transcript and in the key', async () => {
      const { copy, folder } = await lastRound('renamed')
      await doctorKey(folder, 'product', (bytes) => {
        const contributions = sectionOf(bytes, 10)
        contributions.write('f', contributions.indexOf('First Contributor'))
        return bytes
      })
      await doctorTranscript(folder, ({ rounds }) => Object.assign(rounds[0]!, { name: 'first Contributor' }))
      await refuses(copy, /round 1: its contribution was made to another transcript/)
    })
  })

  test('by its digest alone if only the words of the last round were rewritten: no contribution follows', async () => {
    const { copy, folder } = await lastRound('source')
    await doctorTranscript(folder, ({ rounds }) => Object.assign(rounds[3]!, { source: 'another test' }))
    const [{ digest }, published] = [await verifyCeremony(ground.checking(copy)), await ceremonyStatus(directory)]
    assert.notEqual(digest, published.digest)
  })

  test('if the hash of the last contribution or of the last verification key is another one', async () => {
    const cases: [Partial<RoundKey>, RegExp][] = [
      [{ contribution: `${NO_HASH}${NO_HASH}` }, /round 4: its contribution does not have the hash/],
      [{ verificationKey: NO_HASH }, /its verification key does not have the hash/],
    ]
    for (const [index, [change, reason]] of cases.entries()) {
      const { copy, folder } = await lastRound(`last-${index}`)
      await doctorTranscript(folder, ({ rounds }) => Object.assign(rounds[3]!.keys[0]!, change))
      await refuses(copy, reason)
    }
  })

  describe('if its first transcript says what is not so, though all contributed to that', () => {
    const name = 'powersOfTau28_hez_final_08.ptau'
    const false_: [string, (transcript: Transcript) => unknown, RegExp][] = [
      [
        'how many constraints',
        ({ circuits }) => circuits[0]!.constraints++,
        /it has constraints \d+, the transcript says/,
      ],
      ['how many rows', ({ circuits }) => circuits[0]!.power++, /it has power \d+, the transcript says/],
      [
        'the hash of the circuit',
        ({ circuits }) => Object.assign(circuits[0]!, { circuitHash: `${NO_HASH}${NO_HASH}` }),
        /circuit hash/,
      ],
      ['how it is compiled', (t) => Object.assign(t, { optimization: 'O1' }), /another constraint system/],
      ['how large the powers of tau are', ({ powersOfTau }) => powersOfTau.bytes++, /the bytes of the powers of tau/],
      [
        'which powers of tau they are',
        ({ powersOfTau }) => Object.assign(powersOfTau, { name }),
        /the name of the powers/,
      ],
    ]
    for (const [index, [what, change, reason]] of false_.entries()) {
      test(what, async () => {
        await refuses(await falseFromTheStart(`false-${index}`, change), reason)
      })
    }
  })

  test('for another constraint system, also if the transcript names that one', async () => {
    const { copy } = await lastRound('swapped')
    const sourceRoots = [ground.file('other-sources')]
    await mkdir(sourceRoots[0]!)
    const text = await readFile(join(ground.sources.sourceRoots[0]!, 'product.circom'), 'utf8')
    await writeFile(join(sourceRoots[0]!, 'product.circom'), text.replace('left * right', '(left + 1) * right'))
    const checking = { ...ground.checking(copy), sourceRoots }
    await assert.rejects(verifyCeremony(checking), { code: 'CEREMONY_INVALID', message: /another constraint system/ })
    const { manifest } = await loadCompiled(product, 'small', checking)
    const named = await falseFromTheStart('named', ({ circuits }) => {
      circuits[0]!.r1cs = manifest.files['circuit.r1cs'].sha256
    })
    await assert.rejects(verifyCeremony({ ...checking, directory: named }), {
      code: 'CEREMONY_INVALID',
      message: /its first key does not follow/,
    })
  })

  test('if an earlier folder is not what the last transcript remembers', async () => {
    const { copy } = await lastRound('history')
    await cp(join(directory, '0002'), join(copy, '0002'), { recursive: true })
    await doctorTranscript(join(copy, '0002'), ({ rounds }) => {
      rounds[0]!.time = '2026-01-01T00:00:00.000Z'
    })
    await refuses(copy, /round 2 .* is not the one that round 4 builds on/)
  })

  test('if the key in an earlier folder is not the one that its transcript names', async () => {
    const { copy } = await lastRound('earlier-key')
    await cp(join(directory, '0002'), join(copy, '0002'), { recursive: true })
    const path = join(copy, '0002', 'product.zkey')
    const bytes = await readFile(path)
    bytes[bytes.length - 700]! ^= 1
    await writeFile(path, bytes)
    await refuses(copy, /0002.product\.zkey: has the sha256 sum/)
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
