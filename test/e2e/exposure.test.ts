import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Contract, ContractFactory, Interface, id, type Signer } from 'ethers'
import { exposureStatement, exposureWitness, exposureWords, portfolioExposure } from '../../circuits/index.ts'
import { readTerms } from '../../cli/terms-file.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { makeAccount, makeState, SMALL } from '../../lab/instances/model.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { marginContext } from '../../protocol/domain.ts'
import { scenarioProfits } from '../../protocol/exposure.ts'
import { min } from '../../protocol/numbers.ts'
import { dataCommitment } from '../../protocol/public-data.ts'
import { stateRoot } from '../../protocol/state.ts'
import { createProver } from '../../prover/index.ts'
import { Chain } from '../../scripts/demo/chain.ts'
import { sampleFile } from '../../scripts/demo/sample.ts'
import { DemoTables } from '../../scripts/demo/tables.ts'
import { compileContracts } from '../../settlement/compile-contracts.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { proofArgument } from '../../settlement/proof-argument.ts'
import { readVerifierKey, verifierSources } from '../../settlement/verifier-key.ts'
import { sampleOracleKeys, samplePrices, sampleProvedTable, sampleRiskParameters } from '../../venue/index.ts'
import { verifierContractName } from '../../verifier/solidity.ts'

const OWNER_SECRET = 123_456_789n
const TRADER = 9
const PURPOSE = id('zkclear example: a loan to a hedged account')
const SCENARIOS = SMALL.scenarios - 1

test('a hedged trader borrows on a bounded loss: once, to the borrower named, in the current state, at a posted table', async () => {
  const asOf = 1_750_000_000n
  const riskTable = sampleProvedTable(asOf)
  // a future against the perpetual
  const positions = { 0: { size: -95n }, 1: { size: 100n } }
  const owned = { ...makeAccount(SMALL, { positions }), ownerCommitment: ownerCommitment(OWNER_SECRET) }
  const state = makeState(SMALL, { [TRADER]: owned })
  /** What it loses at most; a loan of ten times as much allows that. */
  const most = -scenarioProfits(owned, riskTable).reduce(min)
  assert.ok(most > 0n)

  const artifacts = await buildArtifacts({ circuits: [...DEPLOYED_CIRCUITS, portfolioExposure], profile: 'small' })
  await using chain = await Chain.start({
    artifacts: artifacts.filter(({ circuit }) => circuit !== 'portfolio-exposure'),
    terms: await readTerms(sampleFile('terms.json')),
    genesisRoot: stateRoot(state),
    time: asOf,
  })
  const exposures = artifacts.find(({ circuit }) => circuit === 'portfolio-exposure')!
  const { signer } = chain.settlement
  const borrower = await (await chain.account(5)).getAddress()
  const lender = await deployLender(signer, chain.settlement.settlement, await readVerifierKey(exposures))

  await using prover = await createProver({ profile: 'small', circuits: ['portfolio-exposure', 'risk-update'] })
  const tables = new DemoTables({
    ...{ chain, parameters: sampleRiskParameters(asOf).parameters, oracleKeys: sampleOracleKeys() },
    prove: (statement, witness) => prover.prove('risk-update', statement, witness),
  })
  const prove = async (of: typeof state, { amount, loss }: { amount: bigint; loss: bigint }) => {
    const witness = exposureWitness(of, TRADER, OWNER_SECRET, riskTable)
    const statement = exposureStatement(of, witness, {
      domain: chain.deployment.domain,
      context: marginContext(String(lender.target), PURPOSE),
      memo: await lender.getFunction('memo').staticCall(borrower, amount),
      low: new Array<bigint>(SCENARIOS).fill(-loss),
      high: new Array<bigint>(SCENARIOS).fill(1n << 60n),
    })
    const { proof } = await prover.prove('portfolio-exposure', statement, witness)
    const argument = proofArgument(portfolioExposure, proof, statement)
    return { amount, words: exposureWords(statement), nullifier: statement.nullifier, argument }
  }
  type Proven = Awaited<ReturnType<typeof prove>>
  const values = ({ amount, words, argument }: Proven, to = borrower) => {
    return [to, amount, 0n, words, dataCommitment(words), argument]
  }
  const refusal = async (proven: Proven, to?: string) =>
    lender
      .getFunction('lend')
      .staticCall(...values(proven, to))
      .then(
        () => 'none',
        ({ data }) => lender.interface.parseError(data)?.name,
      )

  const amount = 10n * most
  const loan = await prove(state, { amount, loss: most })
  assert.equal(await refusal(loan), 'RiskTableNotRecent')
  assert.deepEqual(
    (await tables.bring({ news: 'the first prices', prices: samplePrices(), timestamp: asOf })).table,
    riskTable,
  )
  assert.equal(await refusal(loan, await signer.getAddress()), 'MemoWrong')
  assert.equal(await refusal({ ...loan, words: loan.words.with(6, 0n) }), 'ProofRejected')
  const careless = await prove(state, { amount, loss: most + 1n })
  assert.equal(await refusal(careless), 'LossTooLarge')
  const elsewhere = await prove(makeState(SMALL, { [TRADER]: owned, 10: owned }), { amount, loss: most })
  assert.equal(await refusal(elsewhere), 'StateRootNotRecent')
  await (await lender.getFunction('lend')(...values(loan))).wait()
  assert.equal(await lender.getFunction('debtOf')(loan.nullifier), amount)
  assert.equal(await refusal(await prove(state, { amount: 2n * amount, loss: most })), 'NullifierUsed')

  // a quantum less to lose, and no witness exists
  await assert.rejects(prove(state, { amount, loss: most - 1n }), { code: 'WITNESS_FAILED' })
})

/** A lender who takes a tenth of a loan as a loss, with enough to lend; its verifier is made from the key. */
async function deployLender(
  signer: Signer,
  settlement: string,
  key: Awaited<ReturnType<typeof readVerifierKey>>,
): Promise<Contract> {
  const compiled = await compileContracts(await verifierSources([key]))
  const made = async (name: string, ...values: unknown[]) => {
    const { abi, bytecode } = compiled[name]!
    const contract = await new ContractFactory(new Interface(abi as string[]), bytecode, signer).deploy(...values)
    return (await contract.waitForDeployment()) as Contract
  }
  const verifier = await made(verifierContractName(portfolioExposure))
  const token = await made('PlayToken', 'PLAY')
  const lender = await made(
    'HedgedLender',
    settlement,
    verifier.target,
    SCENARIOS,
    token.target,
    1n,
    1_000n,
    900n,
    3_600n,
  )
  await (await token.getFunction('mint')(lender.target, 1n << 80n)).wait()
  return lender
}
