import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { zKey } from 'snarkjs'
import { addRound } from '../../../keys/ceremony/add-round.ts'
import { applyBeacon, contribute, exportCeremony, initCeremony, verifyCeremony } from '../../../keys/ceremony/index.ts'
import { writePowersOfTau } from '../../../keys/dev/powers-of-tau.ts'
import { soliditySource, verify } from '../../../verifier/index.ts'
import { BEACON, blake2b512, ceremonyGround } from '../../support/ceremony.ts'
import { below, product } from '../../support/circuits/index.ts'
import { forgeProof } from '../../support/forge.ts'
import { verifyWithNoble } from '../../support/noble-verify.ts'
import { PRODUCT } from '../../support/toy-definitions.ts'

const FALSEHOOD = { product: 4n, square: 3n, offset: 9n }

describe('a ceremony', () => {
  let ground: Awaited<ReturnType<typeof ceremonyGround>>
  before(async () => {
    ground = await ceremonyGround({ product })
  })
  after(async () => {
    await ground[Symbol.asyncDispose]()
    // snarkjs leaves its threads running.
    await globalThis.curve_bn128?.terminate()
  })

  test('does not begin with powers of tau that are unknown, too few, broken or not there', async () => {
    const { trustPtau: _, ...sources } = ground.sources
    const begin = (changes: object) =>
      initCeremony({
        ...ground.sources,
        directory: ground.file('none'),
        circuits: [below],
        profile: 'small',
        ...changes,
      })
    await assert.rejects(begin({ ...sources, trustPtau: undefined }), {
      code: 'INPUT_INVALID',
      message: /none of the published/,
    })
    await assert.rejects(begin({ trustPtau: 'ab' }), { code: 'INPUT_INVALID', path: 'trustPtau' })
    const small = ground.file('small.ptau')
    await writePowersOfTau({ path: small, power: 6, secrets: 'few' })
    const trustPtau = await blake2b512(small)
    await assert.rejects(begin({ powersOfTau: small, trustPtau }), {
      code: 'INPUT_INVALID',
      message: /serves 2\^6 rows, below has 2\^7; take powersOfTau28_hez_final_08\.ptau/,
    })
    const cut = ground.file('cut.ptau')
    await writeFile(cut, (await readFile(small)).subarray(0, 5000))
    await assert.rejects(begin({ powersOfTau: cut }), { code: 'CEREMONY_INVALID', message: /ends inside section/ })
    await assert.rejects(begin({ powersOfTau: ground.file('absent.ptau') }), { code: 'FILE_UNREADABLE' })
    await assert.rejects(readdir(ground.file('none')), { code: 'ENOENT' })
  })

  describe('keys that nobody contributed to', () => {
    let initial: string
    let beaconOnly: string
    before(async () => {
      initial = ground.file('initial')
      beaconOnly = ground.file('beacon-only')
      await ground.begin(initial)
      await ground.begin(beaconOnly)
      const { value, iterationsExponent, source } = BEACON
      await addRound(
        beaconOnly,
        () => ({ kind: 'beacon', name: 'beacon', value, iterationsExponent, source }),
        ({ from, to }) => ({ kind: 'beacon', from, to, name: 'beacon', value, iterationsExponent }),
        {},
      )
    })

    test('let the forger forge, and are refused at export, by the ceremony and by the verifier contract', async () => {
      const vkey = (await zKey.exportVerificationKey(join(initial, '0000', 'product.zkey'))) as never
      const signals = PRODUCT.encodeStatement(FALSEHOOD)
      assert.equal(verifyWithNoble(vkey, forgeProof(vkey, signals), signals), true)
      await assert.rejects(verify(PRODUCT, forgeProof(vkey, signals), FALSEHOOD, { vkey }), { code: 'KEY_UNSAFE' })
      await assert.rejects(exportCeremony(ground.checking(initial)), { code: 'KEY_UNSAFE' })
      const digest = 'ab'.repeat(32)
      const ceremony = { digest, contributions: 3 }
      const writing = soliditySource(PRODUCT, vkey, { digest, setup: 'ceremony', ceremony })
      await assert.rejects(writing, { code: 'KEY_UNSAFE' })
    })

    test('take no beacon, and are refused at export after one that was forced on them', async () => {
      await assert.rejects(applyBeacon({ directory: initial, ...BEACON }), {
        code: 'INPUT_INVALID',
        message: /no contribution/,
      })
      await assert.rejects(exportCeremony(ground.checking(beaconOnly)), { code: 'KEY_UNSAFE' })
    })

    test('are verified as what they are: neither complete nor contributed to', async () => {
      const { complete, contributions, circuits } = await verifyCeremony(ground.checking(initial))
      assert.deepEqual({ complete, contributions }, { complete: false, contributions: 0 })
      assert.equal(circuits[0]!.verificationKey, null)
    })
  })

  test('takes no malformed name, text, beacon or exponent', async () => {
    const directory = ground.file('malformed')
    await ground.begin(directory)
    const { value } = BEACON
    for (const bad of ['', 'zz', '0f', value.toUpperCase(), `${value}0`, `0x${value}`, '0f'.repeat(65)]) {
      await assert.rejects(applyBeacon({ directory, value: bad }), { code: 'INPUT_INVALID', path: 'beacon.value' })
    }
    for (const iterationsExponent of [9, 33, 10.5, Number.NaN]) {
      const path = 'beacon.iterationsExponent'
      await assert.rejects(applyBeacon({ directory, value, iterationsExponent }), { code: 'INPUT_INVALID', path })
    }
    for (const name of ['', 'two\nlines', 'x'.repeat(65), 'a\u202eb']) {
      await assert.rejects(contribute({ directory, name }), { code: 'INPUT_INVALID', path: 'contribution.name' })
    }
    for (const attestation of ['\u0007', 'x'.repeat(4001)]) {
      const path = 'contribution.attestation'
      await assert.rejects(contribute({ directory, name: 'Somebody', attestation }), { code: 'INPUT_INVALID', path })
    }
    assert.deepEqual(await readdir(directory), ['0000'])
  })

  test('adds no round that somebody else has added meanwhile', async () => {
    const directory = ground.file('race')
    await ground.begin(directory)
    const both = ['One', 'Other'].map((name) => contribute({ directory, name }))
    const results = await Promise.allSettled(both)
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'added'))
    assert.deepEqual(codes.sort(), ['OUTPUT_UNWRITABLE', 'added'])
    assert.equal((await readdir(directory)).filter((name) => !name.startsWith('.')).length, 2)
  })

  test('is not exported before its beacon', async () => {
    const directory = ground.file('open')
    await ground.begin(directory)
    await contribute({ directory, name: 'Only' })
    await assert.rejects(exportCeremony(ground.checking(directory)), {
      code: 'INPUT_INVALID',
      message: /no beacon yet/,
    })
  })
})
