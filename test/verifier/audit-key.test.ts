import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { before, suite, test } from 'node:test'
import { zKey } from 'snarkjs'
import { compileCached } from '../../lab/circuits/compile-cached.ts'
import { auditKey, soliditySource } from '../../verifier/index.ts'
import { readSolidityKey } from '../../verifier/solidity-key.ts'
import { product, TOY_SOURCES } from '../support/circuits/index.ts'
import {
  NobleG1,
  NobleG2,
  nobleG1,
  nobleG2,
  nobleInputPoint,
  type VkeyJson,
  verifyWithNoble,
} from '../support/noble-verify.ts'
import { snarkjsSetup } from '../support/snarkjs-setup.ts'
import { PRODUCT } from '../support/toy-definitions.ts'
import type { SnarkjsVkey } from '../support/toy-proof.ts'
import { gnarkSource, pairingLibrarySource, zokratesSource } from '../support/verifier-sources.ts'

const G1_INFINITY = ['0', '1', '0']
const G2_INFINITY = [
  ['0', '0'],
  ['1', '0'],
  ['0', '0'],
]
/** On the curve, but not in the group of order r. */
const OUTSIDE = [
  ['1', '0'],
  [
    '3610091866386166428467545612961983990332663701371483510632385378352395651980',
    '15975588672102553735566230729081043132501226101599136527557730645158523614371',
  ],
  ['1', '0'],
]
const g1Text = (point: InstanceType<typeof NobleG1>) => {
  const { x, y } = point.toAffine()
  return [String(x), String(y), '1']
}
const g2Text = (point: InstanceType<typeof NobleG2>) => {
  const { x, y } = point.toAffine()
  return [
    [String(x.c0), String(x.c1)],
    [String(y.c0), String(y.c1)],
    ['1', '0'],
  ]
}

suite('the audit of a verification key by itself', () => {
  let honest: SnarkjsVkey
  let skipped: SnarkjsVkey
  let sources: Readonly<Record<'honest' | 'skipped', string>>
  before(async () => {
    const files = await compileCached(product, { optimization: 'O2', sourceRoots: TOY_SOURCES })
    const { zkey, initialZkey, vkey, initialVkey } = await snarkjsSetup(files.r1cs)
    ;[honest, skipped] = [vkey as SnarkjsVkey, initialVkey as SnarkjsVkey]
    const templates = join(dirname(createRequire(import.meta.url).resolve('snarkjs')), '..', 'templates')
    const groth16 = await readFile(join(templates, 'verifier_groth16.sol.ejs'), 'utf8')
    sources = {
      honest: await zKey.exportSolidityVerifier(zkey, { groth16 }),
      skipped: await zKey.exportSolidityVerifier(initialZkey, { groth16 }),
    }
    // snarkjs leaves its threads running.
    await globalThis.curve_bn128?.terminate()
  })

  const WRITERS: Record<string, (key: VkeyJson) => string> = {
    JSON: (key) => JSON.stringify(key),
    'the Pairing library': pairingLibrarySource,
    ZoKrates: zokratesSource,
    gnark: gnarkSource,
  }
  const codes = async (text: string) =>
    (await auditKey(text)).faults.map(({ code, points }) => `${code} ${points.join(' ')}`)

  /** The faults that a changed key has, the same whoever writes it. */
  async function faultsOf(change: object): Promise<string[]> {
    const key = { ...honest, ...change } as VkeyJson
    const [first, ...others] = await Promise.all(Object.values(WRITERS).map((write) => codes(write(key))))
    for (const other of others) assert.deepEqual(other, first)
    return first!
  }

  test('finds nothing in a key of snarkjs after a contribution, whoever writes it', async () => {
    assert.deepEqual(await faultsOf({}), [])
    assert.deepEqual(await auditKey(sources.honest), { format: 'snarkjs, constants', publicSignals: 3, faults: [] })
    const own = await soliditySource(PRODUCT, honest, { digest: 'ab', setup: 'dev' })
    assert.deepEqual(await auditKey(own), { format: 'zkclear', publicSignals: 3, faults: [] })
  })

  test('reads the same points from every source', async () => {
    const own = await soliditySource(PRODUCT, honest, { digest: 'ab', setup: 'dev' })
    const written = [
      ...Object.values(WRITERS)
        .slice(1)
        .map((write) => write(honest)),
      sources.honest,
      own,
    ]
    for (const source of written) {
      const { key } = readSolidityKey(source)
      assert.deepEqual(
        key.ic.map((point) => point!.map(String)),
        honest.IC.map(([x, y]) => [x, y]),
      )
      assert.equal(String(key.alpha![0]), honest.vk_alpha_1[0])
      for (const name of ['beta', 'gamma', 'delta'] as const) {
        assert.deepEqual(key[name]![0].map(String), honest[`vk_${name}_2`][0], name)
      }
    }
  })

  test('finds gamma = delta in a key whose phase 2 was skipped, in JSON and in snarkjs contracts', async () => {
    const expected = ['GAMMA_EQUALS_DELTA gamma delta', 'DELTA_IS_GENERATOR delta']
    assert.deepEqual(await codes(sources.skipped), expected)
    assert.deepEqual(await faultsOf({ vk_delta_2: skipped.vk_delta_2 }), expected)
    assert.deepEqual(await faultsOf({ vk_gamma_2: honest.vk_delta_2 }), ['GAMMA_EQUALS_DELTA gamma delta'])
  })

  test('finds delta = 7 gamma, under which proofs can be forged', async () => {
    const key = { ...honest, vk_delta_2: g2Text(nobleG2(honest.vk_gamma_2).multiply(7n)) }
    assert.deepEqual(await faultsOf({ vk_delta_2: key.vk_delta_2 }), ['DELTA_KNOWN delta'])
    const signals = [4n, 3n, 9n]
    const c = nobleInputPoint(key, signals).multiply(NobleG1.Fn.inv(7n)).negate().toAffine()
    const proof = { a: nobleG1(key.vk_alpha_1).toAffine(), b: nobleG2(key.vk_beta_2).toAffine() }
    const forged = {
      a: [proof.a.x, proof.a.y] as const,
      b: [
        [proof.b.x.c0, proof.b.x.c1],
        [proof.b.y.c0, proof.b.y.c1],
      ] as const,
      c: [c.x, c.y] as const,
    }
    assert.equal(verifyWithNoble(key, forged, signals), true)
  })

  test('finds generators and small multiples instead of secrets', async () => {
    const times = (multiple: bigint) => g2Text(NobleG2.BASE.multiply(multiple))
    assert.deepEqual(await faultsOf({ vk_beta_2: times(1n) }), [
      'BETA_EQUALS_GAMMA_OR_DELTA beta gamma',
      'BETA_KNOWN beta',
    ])
    assert.deepEqual(await faultsOf({ vk_beta_2: times(1000n) }), ['BETA_KNOWN beta'])
    assert.deepEqual(await faultsOf({ vk_alpha_1: g1Text(NobleG1.BASE.negate()) }), ['ALPHA_KNOWN alpha'])
    assert.deepEqual(await faultsOf({ vk_alpha_1: g1Text(NobleG1.BASE.multiply(3n)) }), ['ALPHA_KNOWN alpha'])
    assert.deepEqual(await faultsOf({ vk_gamma_2: times(2n) }), ['GAMMA_KNOWN gamma'])
    assert.deepEqual(await faultsOf({ vk_gamma_2: g2Text(NobleG2.BASE.multiply(123_456_789n)) }), [])
  })

  test('finds points at infinity, and says what they leave open', async () => {
    assert.deepEqual(await faultsOf({ vk_alpha_1: G1_INFINITY, vk_delta_2: G2_INFINITY }), [
      'INFINITY alpha',
      'INFINITY delta',
    ])
    assert.deepEqual(await faultsOf({ IC: honest.IC.with(0, G1_INFINITY) }), ['INFINITY IC[0]'])
    const { faults } = await auditKey(JSON.stringify({ ...honest, IC: honest.IC.with(2, G1_INFINITY) }))
    assert.match(faults[0]!.message, /any value of public signal 1$/)
  })

  test('finds points that repeat in IC, off the curve and outside the group', async () => {
    assert.deepEqual(await faultsOf({ IC: honest.IC.with(3, honest.IC[1]!) }), ['IC_REPEATED IC[1] IC[3]'])
    assert.deepEqual(await faultsOf({ IC: honest.IC.with(3, ['1', '3', '1']) }), ['OFF_CURVE IC[3]'])
    assert.deepEqual(await faultsOf({ vk_gamma_2: OUTSIDE }), ['OUTSIDE_GROUP gamma'])
    assert.deepEqual(
      await faultsOf({
        vk_beta_2: [
          ['1', '0'],
          ['1', '0'],
          ['1', '0'],
        ],
      }),
      ['OFF_CURVE beta'],
    )
    const [x, y] = honest.IC[1]!
    const large = pairingLibrarySource({ ...honest, IC: honest.IC.with(1, [`${x}0`, y!, '1']) })
    assert.deepEqual(await codes(large), ['NOT_CANONICAL IC[1]'])
  })

  test('finds the secrets that it is told are public', async () => {
    const delta = NobleG2.BASE.multiply(123_456_789n)
    for (const point of [delta, delta.negate()]) {
      const key = JSON.stringify({ ...honest, vk_delta_2: g2Text(point) })
      assert.deepEqual((await auditKey(key)).faults, [])
      const { faults } = await auditKey(key, { publicDeltas: [5n, 123_456_789n] })
      assert.deepEqual(
        faults.map(({ code }) => code),
        ['DEV_KEY'],
      )
    }
  })

  test('refuses JSON in which a point stands twice, of which readers take one or the other', async () => {
    const delta = JSON.stringify(skipped.vk_delta_2)
    const both = JSON.stringify(honest).replace('"vk_gamma_2"', `"vk_delta_2":${delta},"vk_gamma_2"`)
    await assert.rejects(auditKey(both), { code: 'INPUT_INVALID', message: /a key stands twice/ })
  })

  test('reads no constants but those of a key', async () => {
    const more = sources.honest.replace('contract', 'uint256 constant SECONDS = 24 * 3600;\n$&')
    assert.deepEqual((await auditKey(more)).faults, [])
  })

  test('refuses a source of which it would not read all of the key', async () => {
    const bad = pairingLibrarySource({ ...honest, vk_delta_2: honest.vk_gamma_2 })
    const good = sources.honest
    const decoy = (source: string) =>
      `contract Decoy {\n${source.match(/uint256 constant delta[xy][12] .*/g)!.join('\n')}\n}`
    const expressions = sources.skipped.replaceAll(/(constant delta[xy][12] +=) (\d+)/g, '$1 0 + $2')
    const gnark = gnarkSource(honest)
    const library = pairingLibrarySource(honest)
    const own = await soliditySource(PRODUCT, honest, { digest: 'ab', setup: 'dev' })
    for (const [what, text] of Object.entries({
      'a number with underscores': good.replace(/(constant IC3x =) (\d)/, '$1 $2_'),
      'infinity with underscores': good.replaceAll(/(constant IC3[xy] =) \d+/g, '$1 0_0'),
      'an expression': good.replace(/(constant IC3x =) (\d+)/, '$1 $2 + 0'),
      'a point that is left out': good.replaceAll(/.*constant IC2[xy].*\n/g, ''),
      'expressions beside the constants of another contract': `${decoy(good)}${expressions}`,
      'constants hidden between strings, beside those of another contract': `${decoy(good)}${sources.skipped.replace(/(.*constant deltax1)/, 'string constant s = "/*";$1').replace(/(constant deltay2.*)/, '$1 string constant t = "*/";')}`,
      'a later assignment': library.replace(/(vk\.IC = )/, 'vk.delta2 = vk.gamma2; $1'),
      'a later point': library.replace(/(\n {4}\}\n\})/, `\n vk.IC[1] = vk.IC[2];$1`),
      'fewer points than there is room for': library.replace(/vk\.IC\[3\] = [^;]*;/, ''),
      'a coordinate too many': library.replace(/(vk\.IC\[3\] = Pairing\.G1Point\()/, '$1 1 * '),
      'a point of gnark': gnark.replace(/(constant PUB_2_X =) (\d+)/, '$1 $2 * 1'),
      'a point of ours': own.replace(/(constant OFFSET_X =) (\d+)/, '$1 $2 * 1'),
      'a decoy': `${bad}${good}`,
    })) {
      await assert.rejects(auditKey(text), { code: 'INPUT_INVALID' }, what)
    }
  })

  test('reads constants that strings make look like a comment', async () => {
    const hide = (source: string, from: RegExp, to: RegExp) =>
      source.replace(from, 'string constant s = "/*"; $&').replace(to, `$& string constant t = '*/';`)
    const hidden = hide(sources.skipped, /uint256 constant deltax1/, /uint256 constant deltay2[^;]*;/)
    assert.deepEqual(await codes(hidden), await codes(sources.skipped))
    assert.deepEqual(await auditKey(hide(sources.honest, /uint256 constant IC3x/, /uint256 constant IC3y[^;]*;/)), {
      format: 'snarkjs, constants',
      publicSignals: 3,
      faults: [],
    })
  })

  test('refuses a megabyte of what has no end as soon as anything else', async () => {
    const beginnings = ['uint ', '/*', '"\\"', 'uint constant a=', '.IC[', '.IC = ', '.a   ', ' ']
    for (const beginning of beginnings) {
      const text = `uint256 constant${beginning.repeat((1 << 20) / beginning.length)}`
      await assert.rejects(auditKey(text), { code: 'INPUT_INVALID' }, beginning)
    }
  })

  test('refuses what is no Groth16 key, or several at once', async () => {
    const twice = `${sources.honest}\n${sources.skipped}`
    for (const [text, message] of [
      [twice, /twice/],
      ['contract Empty {}', /no Groth16 key/],
      ['', /no Groth16 key/],
      [sources.honest.replace(/IC0x/g, 'JC0x'), /no Groth16 key/],
      [`/* ${sources.honest.replaceAll(/\/\*[\s\S]*?\*\//g, '')} */`, /no Groth16 key/],
      ['{', /JSON/],
      [JSON.stringify({ ...honest, protocol: 'plonk' }), /plonk/],
    ] as const) {
      await assert.rejects(auditKey(text), { code: 'INPUT_INVALID', message })
    }
    for (const change of [
      { IC: [] },
      { nPublic: 7 },
      { vk_alpha_1: ['1', '2', '3'] },
      { vk_beta_2: null },
      { curve: 'bls12381' },
    ]) {
      await assert.rejects(auditKey(JSON.stringify({ ...honest, ...change })), { code: 'ARTIFACT_CORRUPT' })
    }
  })
})
