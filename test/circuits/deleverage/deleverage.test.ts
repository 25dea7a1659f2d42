import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { deleverageInput } from '../../../circuits/deleverage/input.ts'
import { deleverageCodec, deleverageStatement } from '../../../circuits/deleverage/statement.ts'
import { accountInput } from '../../../circuits/state/account-input.ts'
import type { CircuitInput, InputValue } from '../../../circuits/types.ts'
import type { Rule } from '../../../lab/circuits/harness.ts'
import { type Falsehood, ruleProver } from '../../../lab/dishonesty/rule-prover.ts'
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
  PARTLY_SETTLED,
  VICTIM,
  withMarket,
} from '../../../lab/instances/deleverage.ts'
import { DOMAIN, NOW } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import type { Deleveraging } from '../../../protocol/deleverage/close.ts'
import { applyDeleveraging } from '../../../protocol/deleverage/deleverage.ts'
import { toField } from '../../../protocol/numbers.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { accountAt } from '../../../protocol/state.ts'
import { arbitraryBankruptcy } from '../../support/deleveragings.ts'

const { shipped, refused, stopped } = await ruleProver(DELEVERAGE_CIRCUIT, deleverageInputs)

function prove(made: Deleveraging): void {
  const values = shipped.expectPass(deleverageInputs(made))
  assert.deepEqual(values.slice(1, 4), deleverageCodec.encodeStatement(deleverageStatement(made)))
}

/** Where the model refuses it too, or else the test is about nothing. */
function forbidden(setting: DeleverageSetting, rule: Rule, falsehood?: Falsehood): void {
  assert.throws(() => makeDeleveraging(setting), { code: 'BATCH_UNPROVABLE' })
  refused(lawlessDeleveraging(setting), rule, falsehood)
}

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
    const table = { ...DELEVERAGE_TABLE, firstDiscountBps: 5_000n, lastDiscountBps: 5_000n }
    forbidden({ table, timestamp: OPENS - 1n }, auction)
    forbidden({ timestamp: OPENS + 201n }, auction)
    forbidden({ table, timestamp: OPENS, resumedAt: FLAGGED_AT + 1n }, auction)
  })

  test('where the victim is not flagged', () => {
    forbidden({ victim: { flaggedAt: 0n }, timestamp: NOW + 100n, resumedAt: NOW }, /^main\.auction\.unflagged/)
  })

  test('where the victim owes no more than it has, by a quantum, collateral without a haircut', () => {
    const owed = range('bankrupt')
    forbidden({ victim: { cash: -10_000n } }, owed)
    forbidden({ victim: { cash: -10_030n, others: [10n] } }, owed)
    stopped(makeDeleveraging(), owed, {
      forge: {
        collateral: [
          [0n, 0n],
          [50_000n, 0n],
          [1_500n, 0n],
        ],
      },
    })
  })

  test('where a position of the victim is sheltered, in whatever market', () => {
    const exposed = /^main\.bankrupt\.(lots|sheltered)/
    const table = (market: number) => withMarket(market, { phase: PHASES.SHELTERED })
    const positions = { 0: { size: 10n }, 2: { size: 1n } }
    forbidden({ table: table(0) }, /^main\.(bankrupt\.(lots|sheltered)|size\[1\]\[0\])/)
    forbidden({ table: table(2), victim: { cash: -15_000n, positions } }, exposed)
  })

  test('where a position of the counterparty is sheltered, or of the house that is said not to be able to pay', () => {
    const table = withMarket(1, { phase: PHASES.SHELTERED })
    const counterparty = { positions: { 0: { size: -20n }, 1: { size: 1n } } }
    forbidden({ table, counterparty }, /^main\.size\[1\]\[1\] main\.bankrupt\.sheltered/)
    const house = { cash: 0n, positions: { 1: { size: -1n } } }
    assert.equal(makeDeleveraging({ house }).houseFails, true)
    const made = makeDeleveraging({ table, house })
    assert.equal(made.houseFails, false)
    prove(made)
    refused(made, /^main\.house\.(exposed|sheltered)|^main\.house\.fails/, { forge: { houseFails: 1n } })
  })

  test('where settled positions of the victim bear a part of the deficit', () => {
    const made = makeDeleveraging(PARTLY_SETTLED)
    assert.equal(made.surcharge, 800n)
    prove(made)
    stopped(made, /^main\.close/, { lies: { 'close.surcharge': 80n } })
    stopped(made, /^main\.bankrupt\.settled/, { lies: { 'bankrupt.settled[1]': 0n } })
  })

  test('where more is paid than an order of the lots reserves on the side of the counterparty, or less than is due', () => {
    for (const [place, surcharge] of [
      [12, 3_400n],
      [13, 350n],
    ] as const) {
      const made = DELEVERAGINGS[place]!()
      assert.equal(made.surcharge, surcharge)
      for (const paid of [surcharge - 1n, surcharge + 1n]) {
        stopped(made, /^main\.close/, { lies: { 'close.surcharge': paid } })
      }
      stopped(made, /^main\.close/, { lies: { 'close.risk': 341n } })
      stopped(made, /^main\.close/, { lies: { 'close.reserved': 1n << 80n } })
      for (const risk of ['longRisk', 'shortRisk'])
        stopped(made, /\.longRisk|\.shortRisk|main\.close/, { lies: { [`${risk}.out`]: 500n } })
    }
  })

  test('in a market that is settled, or that there is none of', () => {
    const victim = { cash: -22_000n, positions: { 0: { size: 10n }, 1: { size: 10n } } }
    forbidden(
      { table: withMarket(0, { phase: PHASES.SETTLED }), victim },
      /main\.(hot|OneHot\w*\.out|bankrupt\.settled)/,
    )
    for (const market of [3n, 1n << 24n, toField(-1n)]) {
      stopped(makeDeleveraging(), /^main\.(market|OneHot)/, { forge: { market } })
    }
  })

  test('for no lots, or more than one of the two holds on its side', () => {
    const lots = bits('close')
    const short = { victim: { cash: 9_000n, positions: { 0: { size: -10n } } } }
    const long = { counterparty: { positions: { 0: { size: 20n } } } }
    forbidden({ closing: { lots: 0n } }, lots)
    forbidden({ closing: { lots: 11n } }, lots)
    forbidden({ ...short, ...long, closing: { lots: 11n } }, lots)
    forbidden({ counterparty: { positions: { 0: { size: -3n } } } }, lots)
    stopped(lawlessDeleveraging(long), lots)
    stopped(makeDeleveraging(), lots, { forge: { lots: toField(-1n) } })
  })

  test('at a table that does not serve', () => {
    const rule = /^main\.AssertBits\S*\.Num2Bits/
    forbidden({ table: { ...DELEVERAGE_TABLE, asOf: OPENS + 1n } }, rule)
    forbidden({ table: { ...DELEVERAGE_TABLE, maxAge: 149n } }, rule)
  })

  test('with the house as one of the two, or an account against itself', () => {
    const house = { cash: -12_000n, flaggedAt: FLAGGED_AT, positions: { 0: { size: 10n } } }
    const rich = { cash: 90_000n, positions: { 0: { size: -10n } } }
    for (const [name, setting] of [
      ['houseVictim', { house, closing: { victim: 0 } }],
      ['houseCounterparty', { house: rich, closing: { counterparty: 0 } }],
    ] as const) {
      const said = new RegExp(`main\\.${name}\\b`)
      forbidden(setting, said)
      forbidden(setting, said, { lies: { [name]: 0n } })
    }
    const { before, after } = makeDeleveraging()
    const left = before.accounts.set(VICTIM!, accountAt(after, VICTIM!)!)
    stopped(makeDeleveraging(), bits('close'), {
      forge: {
        counterparty: BigInt(VICTIM!),
        ...replaced(makeDeleveraging(), 1, left.get(VICTIM!)!, left.path(VICTIM!).children),
      },
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
    const closing = { lots: 10n }
    forbidden({ table, closing, counterparty: counterparty(11_999n) }, range('excess'))
    const collateral = [
      [toField(-12_000n), 0n],
      [10_000n, 0n],
      [1_500n, 0n],
    ]
    stopped(makeDeleveraging({ table, counterparty: counterparty(12_000n), closing }), range('score'), {
      forge: { collateral },
    })
  })

  test('where cash of one of the two would leave its width', () => {
    const cash = bits('close')
    const short = { cash: 9_000n, positions: { 0: { size: -10n } } }
    forbidden({ victim: short, counterparty: { cash: (1n << 80n) - 1n, positions: { 0: { size: 10n } } } }, cash)
    const table = withMarket(1, { mark: 1n << 30n, scenarioPrices: [1n << 30n, 1n << 30n, 1n << 30n] })
    const owing = { cash: -(1n << 80n), positions: { 0: { size: -10n }, 1: { size: 1n << 50n } } }
    forbidden({ table, victim: owing, counterparty: { positions: { 0: { size: 10n } } } }, cash)
    const dear = withMarket(1, { mark: (1n << 30n) + 1n, scenarioPrices: [(1n << 30n) + 1n, 1n << 30n, 1n << 30n] })
    const rich = { cash: (1n << 80n) - 1n, positions: { 0: { size: 10n }, 1: { size: -1n << 50n } } }
    forbidden({ table: dear, victim: rich }, cash)
  })

  test('whose victim, counterparty or house is of another state', () => {
    const made = makeDeleveraging({ house: { cash: 2_000n } })
    const { accounts } = made.before
    for (const [place, other, rule] of [
      [0, { victim: { cash: -12_500n } }, /^main\.(path\[0\]\.oldRoot|accountsRoot)/],
      [1, { counterparty: { cash: 70_000n } }, /^main\.path\[[01]\]\.(oldRoot|newRoot)/],
      [2, { house: { cash: 0n } }, /^main\.(housePath\.root|accountsRoot)/],
    ] as const) {
      const forged = makeDeleveraging({ house: { cash: 2_000n }, ...other })
      const [theirs, ours] = [forged, made].map((one) => deleverageInputs(one).accountChildren as readonly InputValue[])
      const accountChildren = place === 0 ? theirs!.with(2, ours![2]!) : ours!.with(place, theirs![place]!)
      refused(forged, rule, { forge: { accountsRoot: accounts.root, accountChildren } })
    }
  })

  test('who takes another account for the house, or is told of another index', () => {
    const made = makeDeleveraging({ house: { cash: 2_000n } })
    const { accounts } = made.before
    const forge = {
      ...replaced(made, 2, accounts.get(VICTIM!)!, accounts.path(VICTIM!).children),
      ...{ houseFails: 1n, penniless: 1n },
    }
    stopped(made, /^main\.housePath/, { forge })
    refused(made, 'main.housePath.index', { forge, lies: { 'housePath.index': BigInt(VICTIM!) } })
    stopped(made, /^main\.path\[0\]/, { forge: { victim: BigInt(VICTIM! + 1) } })
    stopped(made, /^main\.path\[1\]/, { forge: { counterparty: BigInt(COUNTERPARTY! + 1) } })
  })
})

/** The signals of three accounts and their paths, with others of one of them. */
function replaced(made: Deleveraging, place: number, account: Account, path: InputValue): CircuitInput {
  const honest = deleverageInputs(made) as Readonly<Record<string, readonly InputValue[]>>
  const signals = Object.entries({ ...accountInput(account), accountChildren: path })
  return Object.fromEntries(signals.map(([name, value]) => [name, honest[name]!.with(place, value)]))
}
