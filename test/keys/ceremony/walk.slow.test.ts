import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { JsonRpcSigner } from 'ethers'
import { type Contract, ContractFactory } from 'ethers'
import { network } from 'hardhat'
import { exportCeremony } from '../../../keys/ceremony/index.ts'
import { writePowersOfTau } from '../../../keys/dev/powers-of-tau.ts'
import { createProver } from '../../../prover/index.ts'
import { compileContracts } from '../../../settlement/index.ts'
import { toCalldata } from '../../../verifier/index.ts'
import { BEACON, blake2b512, ceremonyGround, walkCeremony } from '../../support/ceremony.ts'
import { below, preimage, product } from '../../support/circuits/index.ts'
import { documentOf, zkclear } from '../../support/cli.ts'
import { forgeProof } from '../../support/forge.ts'
import { knownPowersOfTau } from '../../support/known-powers-of-tau.ts'
import type { VkeyJson } from '../../support/noble-verify.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { readJson } from '../../support/toy-artifacts.ts'
import { PRODUCT, productInstance } from '../../support/toy-definitions.ts'

describe('a whole ceremony', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
  })

  test('over 2^10 powers of tau makes a verifier that works on a public chain and that no forger fools', async () => {
    const definitions = { product, below, preimage }
    await using ground = await ceremonyGround(definitions)
    const { ptau } = await knownPowersOfTau(10)
    const sources = { ...ground.sources, powersOfTau: ptau, trustPtau: await blake2b512(ptau) }
    Object.assign(ground.sources, sources)
    const directory = ground.file('coordinator')
    await ground.begin(directory)
    await walkCeremony(directory, ground.file)
    const { digest, verifiers, artifacts } = await exportCeremony({ ...sources, directory, definitions })
    const again = await exportCeremony({ ...sources, directory, definitions })
    assert.deepEqual(again.artifacts, artifacts)

    const { buildDirectory, sourceRoots } = sources
    await using prover = await createProver({
      ...{ profile: 'small', definitions: { product: PRODUCT }, buildDirectory, sourceRoots, ceremony: digest },
    })
    const { statement, witness } = productInstance(3n, 5n)
    const { proof } = await prover.prove('product', statement, witness)

    const { ethers } = await network.create({ override: { chainId: 11155111 } })
    const [signer] = await ethers.getSigners()
    const { ProductVerifier } = await compileContracts({ ProductVerifier: verifiers.ProductVerifier! })
    const factory = new ContractFactory(
      ProductVerifier!.abi,
      ProductVerifier!.bytecode,
      signer as unknown as JsonRpcSigner,
    )
    const contract = (await factory.deploy()) as Contract
    const accepts = ({ pA, pB, pC, publicSignals }: ReturnType<typeof toCalldata>) =>
      contract.getFunction('verifyProof')(pA, pB, pC, publicSignals)
    assert.equal(await accepts(toCalldata(PRODUCT, proof, statement)), true)
    const falsehood = { product: 4n, square: 3n, offset: 9n }
    assert.equal(await accepts(toCalldata(PRODUCT, proof, falsehood)), false)
    const vkey = (await readJson(artifacts[0]!.files.vkey)) as VkeyJson
    const forged = forgeProof({ ...vkey, vk_delta_2: vkey.vk_gamma_2 }, PRODUCT.encodeStatement(falsehood))
    assert.equal(await accepts(toCalldata(PRODUCT, forged, falsehood)), false)
  })

  test('of margin-sufficiency runs on the command line from init to export', async () => {
    const ptau = folder.file('p13.ptau')
    await writePowersOfTau({ path: ptau, power: 13, secrets: 'a rehearsal' })
    const dir = ['--dir', folder.file('ceremony'), '--json']
    const tau = ['--ptau', ptau, '--trust-ptau', await blake2b512(ptau), '--build-directory', folder.file('build')]
    const run = async (...args: string[]) => {
      const result = await zkclear(['ceremony', ...args])
      assert.equal(result.code, 0, result.stderr)
      return documentOf(result)
    }
    await run('init', ...dir, ...tau, '--circuit', 'margin-sufficiency')
    for (const name of ['First', 'Second', 'Third']) await run('contribute', ...dir, '--name', name)
    await run('beacon', ...dir, '--value', BEACON.value)
    const { valid, complete, contributions, digest } = await run('verify', ...dir, ...tau)
    assert.deepEqual({ valid, complete, contributions }, { valid: true, complete: true, contributions: 3 })
    assert.equal((await run('export', ...dir, ...tau, '--out', folder.file('verifiers'))).digest, digest)
    const source = await readFile(folder.file('verifiers/MarginSufficiencyVerifier.sol'), 'utf8')
    assert.ok(source.includes(`// ceremony: transcript sha256 ${digest}, contributions 3`))
    const build = ['--build-directory', folder.file('build'), '--ceremony', String(digest)]
    const inspected = documentOf(await zkclear(['inspect', 'margin-sufficiency', '--json', ...build]))
    assert.deepEqual([inspected.setup, inspected.ceremony], ['ceremony', { digest, contributions: 3 }])
  })
})
