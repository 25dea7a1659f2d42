import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ruleProver } from '../../../lab/dishonesty/rule-prover.ts'
import {
  DELEVERAGE_CIRCUIT,
  type DeleverageSetting,
  deleverageInputs,
  makeDeleveraging,
  OPENS,
  withMarket,
} from '../../../lab/instances/deleverage.ts'

const { refused, stopped } = await ruleProver(DELEVERAGE_CIRCUIT, deleverageInputs)

const bits = (component: string) => new RegExp(`^main\\.${component}\\.AssertBits\\S*\\.Num2Bits`)
const range = (component: string) => new RegExp(`^main\\.${component}\\S*\\.Num2Bits`)

suite('protocol.md#deleverage: a prover is refused', () => {
  test('who says that the house fails where it has the cash that a bidder may ask and meets initial margin, by a quantum', () => {
    const fails = bits('house')
    const able: readonly DeleverageSetting[] = [
      { house: { cash: 2_000n } },
      { timestamp: OPENS + 200n, house: { cash: 4_000n } },
      { timestamp: OPENS + 100n, victim: { cash: -12_030n, others: [10n] }, house: { cash: 3_001n } },
      { house: { cash: 2_100n, positions: { 1: { size: 1n, fundingIndex: -860n } } } },
      { house: { cash: 3_600n, positions: { 1: { size: -1n } } }, table: withMarket(1, { shortOptionMinimum: 300n }) },
    ]
    for (const setting of able) {
      const made = makeDeleveraging(setting)
      assert.equal(made.houseFails, false)
      for (const penniless of [0n, 1n]) {
        for (const scenario of [0n, 1n, 2n]) {
          refused(made, fails, { forge: { houseFails: 1n, penniless, scenario } })
        }
      }
    }
    const [solvent] = able
    stopped(makeDeleveraging(solvent), /^main\.AssertBinary/, { forge: { houseFails: 2n } })
    stopped(makeDeleveraging(), /^main\.house\.AssertBinary/, { forge: { penniless: 2n } })
    stopped(makeDeleveraging(), /^main\.house\.OneHot/, { forge: { scenario: 3n } })
  })

  test('who says that more is asked of the house than a bidder may ask', () => {
    const made = makeDeleveraging({ timestamp: OPENS + 100n, house: { cash: 3_000n } })
    assert.deepEqual([made.asked, made.houseFails], [3_000n, false])
    const fails = { houseFails: 1n, penniless: 1n }
    stopped(made, /^main\.most/, { forge: fails, lies: { 'most.part': 1_001n } })
    stopped(made, /^main\.most\.asked/, { forge: fails, lies: { 'most.asked': 3_001n } })
    stopped(made, /^main\.dead/, { forge: fails, lies: { dead: 0n } })
    stopped(made, /^main\.most\.OneHot/, { forge: { victimScenario: 3n } })
    stopped(made, range('most'), { forge: { victimScenario: 2n } })
    for (const victimScenario of [0n, 1n]) stopped(made, bits('house'), { forge: { ...fails, victimScenario } })
  })
})
