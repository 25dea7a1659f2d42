import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { deleverageInput } from '../../../circuits/deleverage/input.ts'
import { deleverageCodec, deleverageStatement } from '../../../circuits/deleverage/statement.ts'
import { accountInput } from '../../../circuits/state/account-input.ts'
import type { CircuitInput, InputValue } from '../../../circuits/types.ts'
import type { Rule } from '../../../lab/circuits/harness.ts'
import { ruleProver } from '../../../lab/dishonesty/rule-prover.ts'
import {
  COUNTERPARTY,
  DELEVERAGE_CIRCUIT,
  DELEVERAGE_TABLE,
  DELEVERAGE_VENUE,
  DELEVERAGINGS,
  type DeleverageSetting,
  deleverageInputs,
  FLAGGED_AT,
  lawlessDeleveraging,
  makeDeleveraging,
  OPENS,
  VICTIM,
} from '../../../lab/instances/deleverage.ts'
import { DOMAIN, NOW } from '../../../lab/instances/model.ts'
import type { Deleveraging } from '../../../protocol/deleverage/close.ts'
import { applyDeleveraging } from '../../../protocol/deleverage/deleverage.ts'
import { toField } from '../../../protocol/numbers.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { accountAt } from '../../../protocol/state.ts'
import { arbitraryBankruptcy } from '../../support/deleveragings.ts'

const { shipped, refused, stopped } = await ruleProver(DELEVERAGE_CIRCUIT, deleverageInputs)

type Forgery = Readonly<Record<string, InputValue>>

function prove(made: Deleveraging): void {
  const values = shipped.expectPass(deleverageInputs(made))
  assert.deepEqual(values.slice(1, 4), deleverageCodec.encodeStatement(deleverageStatement(made)))
}

/** Where the model refuses it too, or else the test is about nothing. */
function forbidden(setting: DeleverageSetting, rule: Rule, forge?: Forgery): void {
  assert.throws(() => makeDeleveraging(setting), { code: 'BATCH_UNPROVABLE' })
  refused(lawlessDeleveraging(setting), rule, forge)
}

/** The table with other numbers in the record of a market. */
const withMarket = (market: number, fields: Partial<RiskTable['markets'][number]>): RiskTable => ({
  ...DELEVERAGE_TABLE,
  markets: DELEVERAGE_TABLE.markets.with(market, { ...DELEVERAGE_TABLE.markets[market]!, ...fields }),
})

suite('deleverage', () => {
  for (const [i, make] of DELEVERAGINGS.entries()) test(`proves what the model does: ${i}`, () => prove(make()))

  test('proves whatever the model allows of random accounts at random tables', () => {
    let closed = 0
    const property = fc.property(arbitraryBankruptcy(DELEVERAGE_VENUE, DOMAIN), ({ state, context, closing }) => {
      let made: Deleveraging
      try {
        made = applyDeleveraging(state, closing, context)
      } catch {
        return
      }
      prove(made)
      closed++
    })
    fc.assert(property, { seed: 5, numRuns: 60 })
    assert.ok(closed >= 12, `${closed} were proved`)
  })

  test('has no proof of any other word', () => {
    const made = DELEVERAGINGS[1]!()
    const statement = deleverageStatement(made)
    const forged = [
      ...(['domain', 'riskRoot', 'oldStateRoot', 'newStateRoot'] as const).map((name) => {
        return { ...statement, [name]: statement[name] + 1n }
      }),
      ...statement.data.map((word, i) => ({ ...statement, data: statement.data.with(i, word + 1n) })),
    ]
    for (const one of forged) {
      const inputs = deleverageInput(one, made)
      assert.equal(shipped.witness({ ...inputs, domain: DOMAIN, timestamp: made.context.timestamp }), undefined)
    }
  })

  test('claims nothing of the house where it says so, whatever the hints', () => {
    const made = makeDeleveraging({ house: { cash: 1_000_000n } })
    assert.equal(made.houseFails, false)
    for (const penniless of [0n, 1n]) {
      for (const scenario of [0n, 2n]) shipped.expectPass({ ...deleverageInputs(made), penniless, scenario })
    }
  })
})

const bits = (component: string) => new RegExp(`^main\\.${component}\\.AssertBits\\S*\\.Num2Bits`)
const range = (component: string) => new RegExp(`^main\\.${component}\\S*\\.Num2Bits`)

suite('a prover of deleveragings is refused', () => {
  test('before the auction opens and after it has closed, by a second', () => {
    const auction = bits('auction')
    forbidden({ timestamp: OPENS - 1n }, auction)
    forbidden({ timestamp: OPENS + 201n }, auction)
    forbidden({ timestamp: OPENS, resumedAt: FLAGGED_AT + 1n }, auction)
  })

  test('where the victim is not flagged', () => {
    forbidden({ victim: { flaggedAt: 0n }, timestamp: NOW + 100n, resumedAt: NOW }, /^main\.auction\.unflagged/)
  })

  test('where the victim owes no more than it has, by a quantum, collateral without a haircut', () => {
    const owed = range('bankrupt')
    forbidden({ victim: { cash: -10_000n } }, owed)
    forbidden({ victim: { cash: -10_030n, others: [10n] } }, owed)
    stopped(makeDeleveraging(), owed, {
      collateral: [
        [0n, 0n],
        [50_000n, 0n],
        [1_500n, 0n],
      ],
    })
  })

  test('where a position of the victim is sheltered, in whatever market', () => {
    const exposed = /^main\.bankrupt\.exposure/
    const table = (market: number) => withMarket(market, { phase: PHASES.SHELTERED })
    const positions = { 0: { size: 10n }, 2: { size: 1n } }
    forbidden({ table: table(0) }, exposed)
    forbidden({ table: table(2), victim: { cash: -15_000n, positions } }, exposed)
  })

  test('in a market that is settled, or that there is none of', () => {
    forbidden({ table: withMarket(0, { phase: PHASES.SETTLED }) }, /main\.settled/)
    for (const market of [3n, 1n << 24n, toField(-1n)])
      stopped(makeDeleveraging(), /^main\.(market|OneHot)/, { market })
  })

  test('where one of the two does not hold the lots, or both hold them on one side', () => {
    const lots = bits('close')
    forbidden({ closing: { lots: 11n } }, lots)
    forbidden({ counterparty: { positions: { 0: { size: -3n } } } }, lots)
    stopped(lawlessDeleveraging({ counterparty: { positions: { 0: { size: 20n } } } }), lots, {})
    stopped(makeDeleveraging(), /main\.close/, { lots: 0n })
    stopped(makeDeleveraging(), lots, { lots: toField(-1n) })
    stopped(makeDeleveraging(), lots, { lots: 11n })
  })

  test('at a table that does not serve', () => {
    const rule = /^main\.AssertBits\S*\.Num2Bits/
    forbidden({ table: { ...DELEVERAGE_TABLE, asOf: OPENS + 1n } }, rule)
    forbidden({ table: { ...DELEVERAGE_TABLE, maxAge: 149n } }, rule)
  })

  test('with the house as one of the two, or an account against itself', () => {
    const positions = { 0: { size: 10n } }
    const house = { cash: -12_000n, flaggedAt: FLAGGED_AT, positions }
    forbidden({ house, closing: { victim: 0 } }, /main\.houseVictim/)
    const rich = { cash: 90_000n, positions: { 0: { size: -10n } } }
    forbidden({ house: rich, closing: { counterparty: 0 } }, /main\.houseCounterparty/)
    const { before, after } = makeDeleveraging()
    const left = before.accounts.set(VICTIM!, accountAt(after, VICTIM!)!)
    const honest = deleverageInputs(makeDeleveraging()) as Readonly<Record<string, readonly InputValue[]>>
    stopped(makeDeleveraging(), bits('close'), {
      counterparty: BigInt(VICTIM!),
      ...second(honest, accountInput(left.get(VICTIM!)!)),
      accountChildren: honest.accountChildren!.with(1, left.path(VICTIM!).children),
    })
  })

  test('where the counterparty misses initial margin by a quantum, open orders included unless it is suspended', () => {
    const cash = 4_800n + 16_000n + 3_840n
    const excess = range('excess')
    makeDeleveraging({ counterparty: { cash } })
    forbidden({ counterparty: { cash: cash - 1n } }, excess)
    const positions = { 0: { size: -20n }, 1: { openSell: 1n } }
    forbidden({ counterparty: { cash, positions } }, excess)
    prove(makeDeleveraging({ counterparty: { cash, positions, suspended: true } }))
  })

  test('where the counterparty has nothing to pay with', () => {
    const table = withMarket(0, { scenarioPrices: [1_000n, 1_000n, 1_000n] })
    const counterparty = (cash: bigint) => ({ cash, positions: { 0: { size: -10n } } })
    forbidden({ table, closing: { lots: 10n }, counterparty: counterparty(11_999n) }, range('excess'))
    stopped(makeDeleveraging({ table, counterparty: counterparty(12_000n), closing: { lots: 10n } }), range('score'), {
      collateral: [
        [toField(-12_000n), 0n],
        [10_000n, 0n],
        [1_500n, 0n],
      ],
    })
  })

  test('where cash of one of the two would leave its width', () => {
    const cash = bits('close')
    const most = (1n << 80n) - 1n
    const short = { cash: 9_000n, positions: { 0: { size: -10n } } }
    forbidden({ victim: short, counterparty: { cash: most, positions: { 0: { size: 10n } } } }, cash)
    const debt = { cash: -(1n << 80n), positions: { 0: { size: -1n << 55n } } }
    const table = withMarket(0, { mark: 1n, scenarioPrices: [1n, 1n, 1n] })
    const counterparty = { cash: 1n << 60n, positions: { 0: { size: 1n << 55n } } }
    forbidden(
      {
        table,
        victim: debt,
        counterparty: { ...counterparty, positions: { 0: { size: 1n << 55n, fundingIndex: -(1n << 26n) } } },
      },
      [cash, range('excess'), range('score')],
    )
  })

  const solvent: DeleverageSetting = { house: { cash: 2_000n } }
  test('who says that the house fails where it has the cash and meets initial margin, by a quantum', () => {
    const fails = bits('house')
    assert.equal(makeDeleveraging(solvent).houseFails, false)
    for (const hints of [
      { penniless: 0n, scenario: 0n },
      { penniless: 0n, scenario: 1n },
      { penniless: 1n, scenario: 0n },
    ]) {
      stopped(makeDeleveraging(solvent), fails, { houseFails: 1n, ...hints })
    }
    const long = { house: { cash: 2_100n, positions: { 1: { size: 1n, fundingIndex: -860n } } } }
    for (const scenario of [0n, 1n, 2n]) {
      stopped(makeDeleveraging(long), fails, { houseFails: 1n, scenario, penniless: 0n })
    }
    stopped(makeDeleveraging(solvent), /^main\.AssertBinary/, { houseFails: 2n })
    stopped(makeDeleveraging(solvent), /^main\.house\.AssertBinary/, { penniless: 2n, houseFails: 1n })
    stopped(makeDeleveraging(), /^main\.house\.OneHot/, { scenario: 3n })
  })

  test('who takes another account for the house, or opens accounts that are not those of the state', () => {
    const made = makeDeleveraging(solvent)
    const honest = deleverageInputs(made) as Record<string, readonly bigint[]>
    const collateral = honest.collateral as unknown as readonly (readonly bigint[])[]
    stopped(made, /^main\.housePath/, { collateral: collateral.with(2, [0n, 0n]), houseFails: 1n, penniless: 1n })
    for (const name of ['nonce', 'keyX', 'viewKey', 'status', 'ownerCommitment'] as const) {
      for (const [a, path] of [/^main\.path\[0\]/, /^main\.path\[1\]/, /^main\.housePath/].entries()) {
        stopped(made, path, { [name]: honest[name]!.with(a, honest[name]![a]! + 2n) })
      }
    }
    for (const name of ['accountsRoot', 'booksRoot'] as const) {
      stopped(made, /^main\.(data|path|housePath)/, { [name]: BigInt(honest[name] as unknown as bigint) + 1n })
    }
    const { openInterest } = honest
    refused(made, /^main\.data/, { openInterest: openInterest!.with(0, openInterest![0]! + 1n) })
    stopped(made, /^main\.path\[1\]/, { counterparty: BigInt(COUNTERPARTY! + 1) })
  })
})

/** The signals of three accounts with others of the second. */
function second(honest: Readonly<Record<string, readonly InputValue[]>>, account: CircuitInput): CircuitInput {
  return Object.fromEntries(Object.entries(account).map(([name, value]) => [name, honest[name]!.with(1, value)]))
}
