import type { Contract } from 'ethers'
import {
  EXPOSURE_KIND,
  type ExposureStatement,
  exposureWords,
  portfolioExposure,
} from '../../../circuits/portfolio-exposure/index.ts'
import { marginContext } from '../../../protocol/domain.ts'
import { publicData } from '../../../protocol/public-data.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { verifierContractName } from '../../../verifier/solidity.ts'
import { element, MAX_RISK_AGE, MAX_ROOT_AGE, type Venue } from './venue.ts'

/** A tenth of a loan may be lost. */
export const LOSS_SHARE_BPS = 1_000n

const UNITS_PER_QUANTUM = 1_000n
const SCENARIOS = venueShape('small').scenarios - 1

/** A loan, as a proof for it names it. */
interface Loan {
  readonly borrower: string
  readonly amount: bigint
}

/** Deploys a HedgedLender of the venue, with its verifier and a million quanta of a token to lend. */
export async function createLender({ ethers, deployment, settlement, deployer }: Venue) {
  const made = async (name: string, ...values: unknown[]) => {
    const contract = await (await ethers.getContractFactory(name, deployer)).deploy(...values)
    const receipt = await contract.deploymentTransaction()!.wait()
    return { contract: (await contract.waitForDeployment()) as unknown as Contract, gasUsed: Number(receipt!.gasUsed) }
  }
  const verifier = await made(verifierContractName(portfolioExposure))
  const { contract: token } = await made('PlayToken', 'PLAY')
  const rest = [UNITS_PER_QUANTUM, LOSS_SHARE_BPS, MAX_ROOT_AGE, MAX_RISK_AGE]
  const given = {
    settlement: deployment.contracts.Settlement.address,
    verifier: verifier.contract.target,
    token: token.target,
    rest,
  }
  const lender = await made('HedgedLender', given.settlement, given.verifier, SCENARIOS, given.token, ...rest)
  const { contract } = lender
  await (await token.getFunction('mint')(contract.target, 1_000_000n * UNITS_PER_QUANTUM)).wait()
  const purpose: string = await contract.getFunction('PURPOSE')()

  /** The statement that it takes of an account of that name for the loan, but for the given changes. */
  const exposure = async (
    account: string,
    { borrower, amount }: Loan,
    changes: Partial<ExposureStatement> = {},
  ): Promise<ExposureStatement> => {
    const most = (amount * LOSS_SHARE_BPS) / 10_000n
    return {
      domain: deployment.domain,
      stateRoot: await settlement.stateRoot(),
      riskRoot: await settlement.riskRoot(),
      context: marginContext(String(contract.target), purpose),
      memo: await contract.getFunction('memo').staticCall(borrower, amount),
      nullifier: element(account),
      low: new Array<bigint>(SCENARIOS).fill(-most),
      high: new Array<bigint>(SCENARIOS).fill(1n << 60n),
      ...changes,
    }
  }
  /** Words and commitment of a statement. */
  const signals = (statement: ExposureStatement) => {
    const words = exposureWords(statement)
    return { words, ...publicData(statement.domain, EXPOSURE_KIND, words) }
  }
  /** Its public signals by name. */
  const statement = (of: ExposureStatement) => {
    const { commitment, challenge, value } = signals(of)
    return { dataCommitment: commitment, dataChallenge: challenge, dataValue: value }
  }
  const { bytecode } = await ethers.getContractFactory('HedgedLender')
  const deployed = { verifier: verifier.gasUsed, lender: lender.gasUsed }
  return {
    contract,
    token,
    given,
    bytecode,
    unitsPerQuantum: UNITS_PER_QUANTUM,
    deployed,
    exposure,
    signals,
    statement,
  }
}

export type Lender = Awaited<ReturnType<typeof createLender>>
