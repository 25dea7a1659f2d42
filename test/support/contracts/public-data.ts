import { readFile } from 'node:fs/promises'
import { type BaseContract, ContractFactory } from 'ethers'
import { network } from 'hardhat'
import { GADGET_ROOTS } from '../../../lab/circuits/gadget.ts'
import { DATA_WORDS } from '../../../lab/instances/public-data.ts'
import type { PublicData } from '../../../protocol/public-data.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { compileContracts } from '../../../settlement/compile-contracts.ts'
import type { CompiledContract } from '../../../settlement/compiled-contract.ts'
import type { Groth16Proof } from '../../../verifier/proof.ts'
import { soliditySource, verifierContractName } from '../../../verifier/solidity.ts'
import { readJson, toyArtifactsIn } from '../toy-artifacts.ts'
import { toy } from '../toy-definitions.ts'

/** The circuit that has public data and nothing else: a prover may state any words. */
const CIRCUIT = {
  ...toy<'public-data', Record<`data${'Commitment' | 'Challenge' | 'Value'}`, bigint>, { words: readonly bigint[] }>(
    'public-data',
    ['dataCommitment', 'dataChallenge', 'dataValue'],
    { words: [DATA_WORDS] },
  ),
  template: 'PublicDataProbe',
  source: 'gadgets.circom',
  templateArguments: () => [DATA_WORDS],
}

/** Proves, for each pair, that the circuit has these words and these public signals. */
export type Prove = (words: readonly bigint[], signals: PublicData) => Promise<Groth16Proof>

export const signalsList = ({ commitment, challenge, value }: PublicData) => [commitment, challenge, value] as const

/** The harness of the library and the verifier of a circuit with public data, on a chain; and a prover of that circuit. */
export async function createPublicDataVenue() {
  const toys = await toyArtifactsIn('groth16', [CIRCUIT], GADGET_ROOTS)
  const { files } = await toys.load(CIRCUIT)
  const name = verifierContractName(CIRCUIT, 'groth16')
  const options = { proofSystem: 'groth16', digest: 'ab'.repeat(32), setup: 'dev' } as const
  const compiled = await compileContracts({
    [name]: await soliditySource(CIRCUIT, await readJson(files.vkey), options),
    PublicDataHarness: await readFile(
      new URL('../../contracts/solidity/PublicDataHarness.sol', import.meta.url),
      'utf8',
    ),
  })
  const prover = await createProver({ ...toys.options, definitions: { 'public-data': CIRCUIT } })
  const { ethers } = await network.create()
  const [signer] = await ethers.getSigners()
  const deploy = async ({ abi, bytecode }: CompiledContract) => {
    const contract = await new ContractFactory(abi, bytecode, signer!).deploy()
    return contract as BaseContract & Record<string, (...args: unknown[]) => Promise<unknown>>
  }
  const prove: Prove = async (words, { commitment, challenge, value }) => {
    const statement = { dataCommitment: commitment, dataChallenge: challenge, dataValue: value }
    return (await prover.prove('public-data', statement, { words })).proof
  }
  return {
    harness: await deploy(compiled.PublicDataHarness!),
    verifier: await deploy(compiled[name]!),
    prove,
    async [Symbol.asyncDispose]() {
      await prover[Symbol.asyncDispose]()
      await toys[Symbol.asyncDispose]()
    },
  }
}
