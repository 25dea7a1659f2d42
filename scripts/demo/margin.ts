import { id } from 'ethers'
import { marginStatement, marginWitness } from '../../circuits/margin-sufficiency/index.ts'
import type { Account } from '../../protocol/account.ts'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { excesses, meetsMargin } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import { expect } from './expect.ts'
import type { Gate } from './gate.ts'
import type { DemoProver } from './prover.ts'

/** What a trader proves margin for in the demo. */
const PURPOSE = id('zkclear demo: borrow against proven margin')

export interface MarginOutcome {
  /** Account that proved its margin, and what its admission cost. */
  readonly admitted: { account: number; proveMs: number; witnessMs: number; gas: bigint }
  /** Account that could not. */
  readonly refused: { account: number; position: Account; shortfall: bigint; message: string }
  /** Errors with which MarginGate refused what it must refuse. */
  readonly refusals: readonly (readonly [attempt: string, error: string])[]
}

/**
 * One trader proves margin to MarginGate and is let in, once; another has too little, so that no witness exists and nothing can
 * be proved. Both hold positions.
 */
export async function proveMargin(
  state: State,
  table: RiskTable,
  secrets: ReadonlyMap<number, AccountSecrets>,
  prover: DemoProver,
  gate: Gate,
): Promise<MarginOutcome> {
  const holders = [...state.accounts.entries()].filter(
    ([index, { positions }]) => secrets.has(index) && positions.some(({ size }) => size !== 0n),
  )
  const sound = holders.find(([, account]) => meetsMargin(account, table, BASIS_POINTS))?.[0]
  const short = holders.find(([, account]) => !meetsMargin(account, table, BASIS_POINTS))?.[0]
  expect(sound !== undefined, 'a trader with a position has enough margin')
  expect(short !== undefined, 'a trader with a position has too little margin')
  const job = (index: number) => {
    const witness = marginWitness(state, index, secrets.get(index)!.ownerSecret, table)
    return { statement: marginStatement(state, witness, gate.terms(PURPOSE)), witness }
  }

  const good = job(sound)
  const proved = await prover.prove('margin-sufficiency', good.statement, good.witness)
  const other = { ...proved, statement: { ...proved.statement, nullifier: proved.statement.nullifier ^ 1n } }
  const stranger = await gate.refusal(PURPOSE, other)
  expect(stranger === 'ProofRejected', 'a proof does not serve another nullifier')
  const receipt = await gate.admit(PURPOSE, proved)
  const again = await gate.refusal(PURPOSE, proved)
  expect(again === 'NullifierUsed', 'an account is admitted once')
  return {
    admitted: { account: sound, ...proved.timings, gas: receipt.gasUsed },
    refused: {
      account: short,
      position: state.accounts.get(short)!,
      ...(await failToProve(job(short), state, table, short, prover)),
    },
    refusals: [
      ["somebody else's nullifier on that proof", stranger],
      ['the same account a second time', again],
    ],
  }
}

async function failToProve(
  { statement, witness }: { statement: ReturnType<typeof marginStatement>; witness: ReturnType<typeof marginWitness> },
  state: State,
  table: RiskTable,
  index: number,
  prover: DemoProver,
): Promise<{ shortfall: bigint; message: string }> {
  const worst = excesses(state.accounts.get(index)!, table, BASIS_POINTS).reduce((a, b) => min(a, b))
  try {
    await prover.prove('margin-sufficiency', statement, witness)
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.code !== 'WITNESS_FAILED') throw error
    return { shortfall: -worst / BASIS_POINTS, message: error.message }
  }
  throw new Error('not as expected: a trader without margin has no witness')
}
