import assert from 'node:assert/strict'
import { AbiCoder, keccak256, ZeroAddress } from 'ethers'
import { network } from 'hardhat'
import { before, describe, it } from 'mocha'
import { deriveToxicWaste, type ToxicWaste } from '../../keys/dev/toxic-waste.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { compileChanged } from '../support/contracts/compile-changed.ts'
import { outcomesByGas } from '../support/contracts/gas-limits.ts'
import type { Callable } from '../support/contracts/settlement.ts'
import { element, proofArgument } from '../support/contracts/venue.ts'
import { NobleG1, NobleG2, nobleG1, type VkeyJson } from '../support/noble-verify.ts'
import { simulateProof } from '../support/simulate.ts'

interface Claim {
  readonly verifier: string
  readonly signals: readonly bigint[]
  readonly proof: ReturnType<typeof proofArgument>
}

/** A point of the twist, of which another multiple than the group's order is 0. */
const OUTSIDE: readonly [bigint, bigint][] = outsidePoint()

describe('many proofs at once', () => {
  let harness: Callable
  let keys: readonly MadeKey[]
  let claims: readonly Claim[]
  let call: (gasLimit: number) => Promise<string>
  let deploy: (abi: object[], bytecode: string) => Promise<Callable>
  before(async () => {
    const { ethers } = await network.create()
    harness = (await ethers.deployContract('ManyProofsHarness')) as unknown as Callable
    const [caller] = await ethers.getSigners()
    deploy = async (abi, bytecode) => {
      const contract = await new ethers.ContractFactory(abi, bytecode, caller).deploy()
      return (await contract.waitForDeployment()) as unknown as Callable
    }
    const hold = async (key: Omit<MadeKey, 'verifier'>) => {
      const holder = await ethers.deployContract('KeyHolder', [wordsOf(key.vkey)])
      return { ...key, verifier: await holder.getAddress() }
    }
    // Two keys of one ceremony, and one of another.
    keys = [await hold(makeKey('one', 'delta 1')), await hold(makeKey('one', 'delta 2')), await hold(makeKey('other'))]
    claims = [0, 0, 1, 0, 2, 2, 1, 0].map((key, i) => claimOn(keys[key]!, `claim ${i}`))
    const data = harness.interface.encodeFunctionData('allHold', argumentsOf(claims.slice(0, 3)))
    call = (gasLimit) => caller!.call({ to: harness.target, data, gasLimit })
  })

  const allHold = (given: readonly Claim[]) => harness.allHold(...argumentsOf(given)) as Promise<boolean>
  const changed = (place: number, change: Partial<Claim> | { proof: unknown }) =>
    claims.map((claim, i) => (i === place ? { ...claim, ...change } : claim)) as Claim[]

  it('holds of any number of proofs, of one key or of several, of one ceremony or of two, and of none', async () => {
    for (let count = 0; count <= claims.length; count++) assert.equal(await allHold(claims.slice(0, count)), true)
    assert.equal(await allHold(claims.toReversed()), true)
    const ofOne = Array.from({ length: 5 }, (_, i) => claimOn(keys[0]!, `of one ${i}`))
    assert.equal(await allHold(ofOne), true)
    assert.equal(await allHold([ofOne[0]!, ofOne[0]!]), true, 'the same twice')
  })

  it('does not hold with each of the proofs false in turn', async () => {
    for (const [i, { verifier, signals }] of claims.entries()) {
      const key = keys.find((one) => one.verifier === verifier)!
      const { proof } = claimOn(key, `another than ${i}`)
      assert.equal(await allHold(changed(i, { proof })), false, `proof ${i}`)
      for (const place of signals.keys()) {
        const wrong = signals.with(place, (signals[place]! + 1n) % FIELD)
        assert.equal(await allHold(changed(i, { signals: wrong })), false, `signal ${place} of ${i}`)
      }
      const others = keys.filter((one) => one !== key)
      for (const other of others) assert.equal(await allHold(changed(i, { verifier: other.verifier })), false)
    }
  })

  it('does not hold with statements, or proofs, or parts of proofs exchanged between two', async () => {
    const [first, second] = [claims[0]!, claims[1]!]
    for (const part of ['signals', 'proof'] as const) {
      const exchanged = [
        { ...first, [part]: second[part] },
        { ...second, [part]: first[part] },
      ]
      assert.equal(await allHold(exchanged), false, part)
    }
    for (const part of ['a', 'b', 'c'] as const) {
      const exchanged = [
        { ...first, proof: { ...first.proof, [part]: second.proof[part] } },
        { ...second, proof: { ...second.proof, [part]: first.proof[part] } },
      ]
      assert.equal(await allHold(exchanged), false, part)
    }
  })

  /** Two claims with faults that cancel if the power of the second is `times` that of the first. */
  const cancelling = (pair: readonly Claim[], times: bigint) => {
    const fault = NobleG1.BASE.multiply(element('fault') % FIELD)
    const faults = [fault.multiplyUnsafe(times), fault.negate()]
    return pair.map((claim, i) => {
      const c = nobleG1(claim.proof.c as [bigint, bigint]).add(faults[i]!)
      return { ...claim, proof: { ...claim.proof, c: affine(c) } }
    })
  }

  it('is not fooled by faults that cancel if all powers are 1, or those of the list before the faults', async () => {
    const pair = claims.slice(0, 2)
    const power = powerOf(pair, 1)
    for (const times of [1n, power, invert(power)]) assert.equal(await allHold(cancelling(pair, times)), false)
  })

  it('would be fooled by them if all powers were 1, or hung on the number of the proof alone', async () => {
    const pair = claims.slice(0, 2)
    const drawn = 'uint256(keccak256(abi.encode(seed, i))) >> 8'
    const known = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(['uint256'], [1n]))) >> 8n
    for (const [by, times] of [
      ['1', 1n],
      ['uint256(keccak256(abi.encode(i))) >> 8', known],
    ] as const) {
      const change = { path: 'contracts/Groth16Many.sol', text: drawn, by }
      const made = compileChanged('test/contracts/solidity/ManyProofsHarness.sol', 'ManyProofsHarness', change)
      const changed = await deploy(made.abi, made.bytecode)
      assert.equal(await changed.allHold(...argumentsOf(cancelling(pair, times))), true, by)
      assert.equal(await allHold(cancelling(pair, times)), false)
    }
  })

  it('is not fooled by statements chosen so that their sum is true', async () => {
    const [first, second] = claims.slice(0, 2) as [Claim, Claim]
    for (const times of [1n, powerOf([first, second], 1), invert(powerOf([first, second], 1))]) {
      const moved = [
        { ...first, signals: first.signals.with(2, (first.signals[2]! + times) % FIELD) },
        { ...second, signals: second.signals.with(2, (second.signals[2]! + FIELD - 1n) % FIELD) },
      ]
      assert.equal(await allHold(moved), false)
    }
  })

  it('takes no signal that is not canonical, in any place', async () => {
    for (const i of [0, 1, 4]) {
      const { signals } = claims[i]!
      for (const place of signals.keys()) {
        const shifted = signals.with(place, signals[place]! + FIELD)
        assert.equal(await allHold(changed(i, { signals: shifted })), false, `signal ${place} of ${i}`)
      }
    }
  })

  it('takes no point off its curve or outside its group, none at infinity, and no coordinate + q, in any place', async () => {
    const infinity = [0n, 0n] as const
    for (const i of [0, 1, 4]) {
      const { proof } = claims[i]!
      const { a, b, c } = proof
      const others: Record<string, unknown>[] = [
        { a: [a[0], a[1] + 1n] },
        { a: [a[0], BASE_FIELD - a[1]] },
        { a: infinity },
        { a: [a[0] + BASE_FIELD, a[1]] },
        { b: [infinity, infinity] },
        { b: OUTSIDE },
        { b: b.map(([x, y]) => [y, x]) },
        { b: [[b[0]![0]! + BASE_FIELD, b[0]![1]!], b[1]!] },
        { c: [c[0], c[1] + 1n] },
        { c: infinity },
        { c: [c[0], c[1] + BASE_FIELD] },
      ]
      for (const [number, other] of others.entries()) {
        assert.equal(await allHold(changed(i, { proof: { ...proof, ...other } })), false, `${number} of ${i}`)
      }
    }
  })

  it('never says that true proofs are false for want of gas', async () => {
    const seen = await outcomesByGas(call, harness.interface, 700_000)
    const told = [...seen.keys()].filter((outcome) => outcome !== 'NotEnoughGas' && outcome !== 'out of gas')
    assert.deepEqual(told, [AbiCoder.defaultAbiCoder().encode(['bool'], [true])])
  })
})

type Secrets = Pick<ToxicWaste, 'alpha' | 'beta' | 'delta'>

interface MadeKey {
  readonly secrets: Secrets
  readonly vkey: VkeyJson
  readonly verifier: string
}

/** A key of three signals whose secrets are known; those with the same seed have the same alpha and beta, as keys of one ceremony. */
function makeKey(seed: string, phase2 = seed): Omit<MadeKey, 'verifier'> {
  const { alpha, beta } = deriveToxicWaste(seed)
  const { delta } = deriveToxicWaste(phase2)
  const point = (scalar: bigint) => affine(NobleG1.BASE.multiply(scalar)).map(String)
  const vkey = {
    vk_alpha_1: point(alpha),
    vk_beta_2: affine2(beta),
    vk_gamma_2: affine2(1n),
    vk_delta_2: affine2(delta),
    IC: [0, 1, 2, 3].map((i) => point(element(`${phase2} ${i}`))),
  }
  return { secrets: { alpha, beta, delta }, vkey }
}

function claimOn({ secrets, vkey, verifier }: MadeKey, name: string): Claim {
  const signals = [0, 1, 2].map((i) => element(`${name} ${i}`))
  const proof: Groth16Proof = simulateProof(vkey, secrets, signals)
  return { verifier, signals, proof: proofArgument(proof) }
}

/** What `key` of a generated verifier gives. */
function wordsOf({ vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC }: VkeyJson): bigint[] {
  const minus = (y: string | bigint) => BASE_FIELD - BigInt(y)
  const g2 = ([x, y]: readonly (readonly string[])[], negated: boolean) => [
    ...[BigInt(x![1]!), BigInt(x![0]!)],
    ...[y![1]!, y![0]!].map((part) => (negated ? minus(part) : BigInt(part))),
  ]
  return [
    ...[BigInt(vk_alpha_1[0]!), minus(vk_alpha_1[1]!)],
    ...[...g2(vk_beta_2, false), ...g2(vk_gamma_2, true), ...g2(vk_delta_2, true)],
    ...IC.flat().map(BigInt),
  ]
}

function affine(point: InstanceType<typeof NobleG1>): [bigint, bigint] {
  const { x, y } = point.toAffine()
  return [x, y]
}

function affine2(scalar: bigint): string[][] {
  const { x, y } = NobleG2.BASE.multiply(scalar).toAffine()
  return [
    [`${x.c0}`, `${x.c1}`],
    [`${y.c0}`, `${y.c1}`],
  ]
}

/** What the library is called with: each verifier of the list is a kind, and one of which there is no proof stands before them. */
function argumentsOf(list: readonly Claim[]) {
  const verifiers = [ZeroAddress, ...new Set(list.map(({ verifier }) => verifier))]
  const kinds = Uint8Array.from(list, ({ verifier }) => verifiers.indexOf(verifier))
  const signals = list.flatMap(({ signals }) => signals)
  return [{ verifiers, kinds, signals }, list.map(({ proof }) => proof)] as const
}

/** The power of a claim of a list, as the contract draws it. */
function powerOf(list: readonly Claim[], place: number): bigint {
  const types = [
    'tuple(address[] verifiers, bytes kinds, uint256[] signals)',
    'tuple(uint256[2] a, uint256[2][2] b, uint256[2] c)[]',
  ]
  const coder = AbiCoder.defaultAbiCoder()
  const seed = keccak256(coder.encode(types, argumentsOf(list)))
  return BigInt(keccak256(coder.encode(['bytes32', 'uint256'], [seed, place]))) >> 8n
}

function invert(value: bigint): bigint {
  return NobleG1.Fn.inv(value)
}

/** A point on the twist that is outside the group of order r, its imaginary parts first. */
function outsidePoint(): [bigint, bigint][] {
  const { Fp } = NobleG2
  for (let real = 1n; ; real++) {
    const x = { c0: real, c1: 0n }
    const square = Fp.add(Fp.mul(Fp.sqr(x), x), NobleG2.CURVE().b)
    let y: ReturnType<typeof Fp.sqrt>
    try {
      y = Fp.sqrt(square)
    } catch {
      continue
    }
    if (NobleG2.fromAffine({ x, y }).isTorsionFree()) continue
    return [
      [x.c1, x.c0],
      [y.c1, y.c0],
    ]
  }
}
