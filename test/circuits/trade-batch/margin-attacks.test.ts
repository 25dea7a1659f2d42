import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { dishonestProver, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { ATTACKER, MARGIN_ATTACKS, withoutMargin } from '../../../lab/instances/margin-attacks.ts'
import { SMALL } from '../../../lab/instances/model.ts'
import { MARKET } from '../../../lab/instances/venue.ts'
import { scenarioLoss } from '../../../protocol/margin.ts'
import { max } from '../../../protocol/numbers.ts'
import type { ClosingBreach } from '../../../protocol/trade-batch/margin-rule.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

const { attempt } = await dishonestProver()

const WIDE = /^main\.margin\[0\]\.excess\.AssertBits_\d+_\d+\.Num2Bits/
const RELEASES = /^main\.margin\[0\]\.releases\.Num2Bits/
const INSIDE_BAND = /^main\.margin\[0\]\.insideBand\.Num2Bits/

/** The constraint that says it, all signals of the attacker's account slot, which is the first. */
function constraintOf(breach: ClosingBreach, { touched }: TradeBatch): RegExp | string {
  const [from, to] = [touched[0]!.before, touched[0]!.after].map(({ positions }) => positions[MARKET]!.size)
  const changesSides = from! < 0n !== to! < 0n && to !== 0n
  const constraints: Record<ClosingBreach, RegExp | string> = {
    ORDER_LEFT: 'main.margin[0].ordersLeft',
    RISK_GREW: RELEASES,
    EXCESS_FELL: RELEASES,
    NET_BELOW_ZERO: WIDE,
    NOT_CLOSING: changesSides ? 'main.margin[0].sameSide' : INSIDE_BAND,
    OUTSIDE_BAND: INSIDE_BAND,
  }
  return constraints[breach]
}

suite('rule 4: a prover who makes the most of his hints is refused', () => {
  for (const { name, stoppedBy, ...attack } of MARGIN_ATTACKS) {
    test(`${name} (${stoppedBy.join(', ')})`, () => {
      const venue = attack.venue()
      const batch = withoutMargin(venue, attack.messages(venue))
      const { index, before } = batch.touched[0]!
      assert.equal(index, ATTACKER)
      const open = attempt(batch, { forge: { closing: put(0, 0n) } })
      assertBreaks(open.broken, WIDE)
      assert.ok(!open.shippedAccepts())
      const losses = Array.from({ length: SMALL.scenarios }, (_, s) => scenarioLoss(before, batch.context.riskTable, s))
      const worst = losses.indexOf(losses.reduce(max))
      const closing = (scenario: number) => ({ closing: put(0, 1n), scenario: put(0, BigInt(scenario)) })
      const best = attempt(batch, { forge: closing(worst) })
      assertBreaks(best.broken, [...new Set(stoppedBy.map((breach) => constraintOf(breach, batch)))])
      assert.ok(!best.shippedAccepts())
      assert.ok(!attempt(batch, { forge: closing(worst === 0 ? 1 : 0) }).shippedAccepts())
    })
  }
})
