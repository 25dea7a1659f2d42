import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Interface } from 'ethers'
import { network } from 'hardhat'
import { zKey } from 'snarkjs'
import { PROOF_SYSTEMS, type ProofSystem } from '../../../circuits/proof-systems.ts'
import { deriveToxicWaste } from '../../../keys/dev/toxic-waste.ts'
import { DEFAULT_DEV_SEED } from '../../../keys/selection.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { compileContracts } from '../../../settlement/compile-contracts.ts'
import type { CompiledContract } from '../../../settlement/compiled-contract.ts'
import { KZG_OPTIMIZER_RUNS } from '../../../settlement/solc-settings.ts'
import {
  kzgWords,
  type Proof,
  soliditySource,
  toCalldata,
  verifierContractName,
  vetKey,
} from '../../../verifier/index.ts'
import { type KzgSystem, SHAPES } from '../../../verifier/kzg/shapes.ts'
import type { VkeyJson } from '../noble-verify.ts'
import { simulateProof } from '../simulate.ts'
import { type Chosen, simulateKzgProof } from '../simulate-kzg.ts'
import { readJson, toyArtifactsIn } from '../toy-artifacts.ts'
import { PRODUCT, productInstance } from '../toy-definitions.ts'

const secrets = deriveToxicWaste(DEFAULT_DEV_SEED)
const DIGEST = 'ab'.repeat(32)

/** A proof that a key's verifier takes: its words in calldata, with the places of what they are. */
export interface Specimen {
  readonly system: ProofSystem
  /** An honest proof, and its signals: 15 = 3 * 5, 9 = (3 + 0)^2, offset 0. */
  readonly words: readonly bigint[]
  readonly signals: readonly bigint[]
  /** First words of the points of G1. */
  readonly points: readonly number[]
  /** First word of the evaluations; what stands before are coordinates. */
  readonly evaluations: number
  /** A proof of any signals by whoever knows the secrets; those of PLONK and FFLONK are hashed as given, also beyond r. */
  simulate(signals: readonly bigint[], chosen?: Chosen): Promise<readonly bigint[]>
  readonly contract: CompiledContract
  /** The same key's verifier for any chain, and snarkjs's own verifier. */
  readonly unguarded: CompiledContract
  readonly theirs: CompiledContract
}

/** The circuit `product` in every proof system, with its contracts. Takes about fifteen seconds. */
export async function createSpecimens(): Promise<readonly Specimen[]> {
  const parts = await Promise.all(PROOF_SYSTEMS.map(createParts))
  await globalThis.curve_bn128?.terminate()
  const sources = parts.flatMap(({ sources }) => Object.entries(sources))
  const compiled = await compileContracts(Object.fromEntries(sources), KZG_OPTIMIZER_RUNS)
  return parts.map(({ specimen, names }) => ({
    ...specimen,
    contract: compiled[names.contract]!,
    unguarded: compiled[names.unguarded]!,
    theirs: compiled[names.theirs]!,
  }))
}

async function createParts(system: ProofSystem) {
  await using toys = await toyArtifactsIn(system, [PRODUCT])
  const { files } = await toys.load(PRODUCT)
  const vkey = await readJson(files.vkey)
  const { statement, witness } = productInstance(3n, 5n, 0n)
  await using prover = await createProver({ ...toys.options, definitions: { product: PRODUCT } })
  const { proof } = await prover.prove('product', statement, witness)

  const names = {
    contract: verifierContractName(PRODUCT, system),
    unguarded: verifierContractName({ template: 'Unguarded' }, system),
    theirs: `${system[0]!.toUpperCase()}${system.slice(1)}Verifier`,
  }
  const options = { proofSystem: system, digest: DIGEST } as const
  const ceremony = { digest: DIGEST, contributions: 3 }
  const sources = {
    [names.contract]: await soliditySource(PRODUCT, vkey, { ...options, setup: 'dev' }),
    [names.unguarded]: await soliditySource({ ...PRODUCT, template: 'Unguarded' }, vkey, {
      ...{ ...options, setup: 'ceremony', ceremony },
    }),
    [names.theirs]: await snarkjsSource(system, files.zkey),
  }
  const shape = system === 'groth16' ? undefined : SHAPES[system]
  const specimen = {
    system,
    words: wordsOf(proof),
    signals: PRODUCT.encodeStatement(statement),
    points: shape === undefined ? [0, 6] : shape.points.map((_, i) => 2 * i),
    evaluations: shape === undefined ? 8 : 2 * shape.points.length,
    async simulate(signals: readonly bigint[], chosen?: Chosen) {
      const proof: Proof =
        system === 'groth16'
          ? simulateProof(vkey as VkeyJson, secrets, reduced(signals))
          : await simulateKzgProof(await vetKey(system as KzgSystem, vkey, PRODUCT), secrets.tau, signals, chosen)
      return wordsOf(proof)
    },
  }
  return { specimen, names, sources }
}

const reduced = (signals: readonly bigint[]) => signals.map((signal) => signal % FIELD)

function wordsOf(proof: Proof): readonly bigint[] {
  if ('protocol' in proof) return kzgWords(proof)
  const { pA, pB, pC } = toCalldata(PRODUCT, proof, { product: 0n, square: 0n, offset: 0n })
  return [...pA, ...pB.flat(), ...pC]
}

async function snarkjsSource(system: ProofSystem, zkey: string): Promise<string> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('snarkjs')), '..', 'templates')
  return zKey.exportSolidityVerifier(zkey, {
    [system]: await readFile(join(folder, `verifier_${system}.sol.ejs`), 'utf8'),
  })
}

/** Deploys a verifier on a chain of its own and returns what it says to words of calldata, or to bytes after them. */
export async function deployVerifier({ abi, bytecode }: CompiledContract, { chainId = 31337 } = {}) {
  const { ethers } = await network.create({ override: { chainId } })
  const [signer] = await ethers.getSigners()
  const transaction = await signer!.sendTransaction({ data: bytecode })
  const { contractAddress, gasUsed } = (await transaction.wait())!
  const { selector } = new Interface(abi as string[]).getFunction('verifyProof')!
  const call = (data: string, gasLimit?: number) =>
    signer!.call({ to: contractAddress!, data, ...(gasLimit === undefined ? {} : { gasLimit }) })
  const calldata = (words: readonly bigint[], signals: readonly bigint[]) =>
    `${selector}${[...words, ...signals].map((word) => word.toString(16).padStart(64, '0')).join('')}`
  return {
    gasUsed,
    call,
    calldata,
    gasOf: async (words: readonly bigint[], signals: readonly bigint[]) =>
      signer!.estimateGas({ to: contractAddress!, data: calldata(words, signals) }),
    holds: async (words: readonly bigint[], signals: readonly bigint[]) =>
      BigInt(await call(calldata(words, signals))) === 1n,
  }
}
