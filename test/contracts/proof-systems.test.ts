import assert from 'node:assert/strict'
import { Interface } from 'ethers'
import { network } from 'hardhat'
import { before, describe, it } from 'mocha'
import { PROOF_SYSTEMS } from '../../circuits/proof-systems.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import { SHAPES } from '../../verifier/kzg/shapes.ts'
import { assertReverts, assertRevertsBare } from '../support/contracts/assert-reverts.ts'
import { outcomesByGas } from '../support/contracts/gas-limits.ts'
import { createSpecimens, deployVerifier, type Specimen } from '../support/contracts/specimens.ts'

/** The most code that a chain takes, in bytes. */
const MAX_CODE = 24_576

let specimens: Promise<readonly Specimen[]> | undefined

for (const system of PROOF_SYSTEMS) {
  describe(`the verifier of a ${system} key`, () => {
    let specimen: Specimen
    let words: readonly bigint[]
    let signals: readonly bigint[]
    let verifier: Awaited<ReturnType<typeof deployVerifier>>
    before(async () => {
      specimens ??= createSpecimens()
      specimen = (await specimens).find((one) => one.system === system)!
      ;({ words, signals } = specimen)
      verifier = await deployVerifier(specimen.contract)
    })
    const refuses = async (given: readonly bigint[], of = signals, what = '') =>
      assert.equal(await verifier.holds(given, of), false, what)

    it('accepts an honest proof, and any statement from whoever knows the secrets of its key', async () => {
      assert.equal(await verifier.holds(words, signals), true)
      const false_ = [16n, ...signals.slice(1)]
      assert.equal(await verifier.holds(await specimen.simulate(false_), false_), true)
    })

    it('refuses the proof of another statement', async () => {
      for (const i of signals.keys()) await refuses(words, signals.with(i, signals[i]! + 1n), `signal ${i}`)
      await refuses(await specimen.simulate([16n, ...signals.slice(1)]))
    })

    it('refuses signal + r in every place, even from a prover who hashed it', async () => {
      for (const i of signals.keys()) {
        const alias = signals.with(i, signals[i]! + FIELD)
        await refuses(words, alias, `signal ${i}`)
        await refuses(await specimen.simulate(alias), alias, `signal ${i}`)
        await refuses(await specimen.simulate(signals), alias, `signal ${i}`)
      }
    })

    it('refuses every number of the proof plus the order of its field', async () => {
      for (const i of words.keys()) {
        const order = i < specimen.evaluations ? BASE_FIELD : FIELD
        await refuses(words.with(i, words[i]! + order), signals, `word ${i}`)
      }
    })

    it('refuses the proof with any one word changed: points off the curve, other evaluations', async () => {
      for (const i of words.keys()) {
        for (const other of [words[i]! + 1n, words[i]! ^ 1n, 0n, 1n, 2n ** 256n - 1n]) {
          if (other !== words[i]) await refuses(words.with(i, other), signals, `word ${i}`)
        }
      }
    })

    it('refuses points with another sign, and points at infinity', async () => {
      for (const x of specimen.points) {
        await refuses(words.with(x + 1, BASE_FIELD - words[x + 1]!), signals, `word ${x}`)
        await refuses(words.with(x, 0n).with(x + 1, 0n), signals, `word ${x}`)
      }
    })

    it('refuses zeroes', async () => {
      const none = words.map(() => 0n)
      await refuses(none)
      await refuses(
        none,
        signals.map(() => 0n),
      )
    })

    it('refuses calldata that is too long, and reverts on what is too short', async () => {
      const calldata = verifier.calldata(words, signals)
      for (const more of ['00', '00'.repeat(32)]) assert.equal(BigInt(await verifier.call(calldata + more)), 0n)
      for (const less of [2, 64]) await assertRevertsBare(verifier.call(calldata.slice(0, -less)))
    })

    it('cannot be put on a chain that is not local if its key is a dev key, and a ceremony key can', async () => {
      const { abi, bytecode } = specimen.contract
      const { ethers } = await network.create({ override: { chainId: 1 } })
      const [signer] = await ethers.getSigners()
      const creation = signer!.call({ data: bytecode })
      await assertReverts(creation, new Interface(abi as string[]), 'DevKeyOnPublicChain', [1n])
      const elsewhere = await deployVerifier(specimen.unguarded, { chainId: 1 })
      assert.equal(await elsewhere.holds(words, signals), true)
    })

    it('never returns false for a true proof, whatever gas it has', async () => {
      const calldata = verifier.calldata(words, signals)
      const errors = new Interface(specimen.contract.abi as string[])
      const seen = await outcomesByGas((limit) => verifier.call(calldata, limit), errors, 500_000)
      assert.deepEqual([...seen.keys()].sort(), [`0x${'1'.padStart(64, '0')}`, 'NotEnoughGas', 'out of gas'])
    })

    it('fits on a chain', () => {
      assert.ok((specimen.contract.bytecode.length - 2) / 2 < MAX_CODE)
    })
  })
}

describe("snarkjs's own verifiers, where ours are stricter", () => {
  let kzg: readonly Specimen[]
  before(async () => {
    specimens ??= createSpecimens()
    kzg = (await specimens).filter(({ system }) => system !== 'groth16')
  })

  it('accept signal + r from a prover who hashed it so: one proof for two statements of a contract', async () => {
    for (const { theirs, signals, simulate } of kzg) {
      const verifier = await deployVerifier(theirs)
      const alias = signals.with(0, signals[0]! + FIELD)
      assert.equal(await verifier.holds(await simulate(alias), alias), true)
    }
  })

  it('accept calldata that is too long', async () => {
    for (const { theirs, words, signals } of kzg) {
      const verifier = await deployVerifier(theirs)
      assert.equal(BigInt(await verifier.call(`${verifier.calldata(words, signals)}00`)), 1n)
    }
  })

  it('take z - 1 for 2^256 - 1 in FFLONK if z is 0: the contract refuses what snarkjs accepts, and so do we', async () => {
    const { theirs, contract, signals, simulate } = kzg.find(({ system }) => system === 'fflonk')!
    const words = await simulate(signals, { evaluations: { z: 0n } })
    assert.equal(words[8 + SHAPES.fflonk.evaluations.indexOf('z')], 0n)
    for (const one of [theirs, contract]) assert.equal(await (await deployVerifier(one)).holds(words, signals), false)
  })
})
