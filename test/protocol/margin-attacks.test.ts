import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  ACCOMPLICE,
  ATTACKER,
  course,
  lacksMargin,
  MARGIN_ATTACKS,
  withoutMargin,
} from '../../lab/instances/margin-attacks.ts'
import { meetsMargin } from '../../protocol/margin.ts'
import type { ClosingBreach } from '../../protocol/trade-batch/margin-rule.ts'

suite('rule 4 refuses', () => {
  for (const { name, stoppedBy, from, to, ...attack } of MARGIN_ATTACKS) {
    test(`${name} (${stoppedBy.join(', ')})`, () => {
      const venue = attack.venue()
      const messages = attack.messages(venue)
      assert.throws(() => venue.batch(messages), lacksMargin(...stoppedBy))
      const success = withoutMargin(venue, messages)
      assert.deepEqual(course(success), [from, to])
      const { riskTable } = success.context
      assert.ok(!meetsMargin(success.after.accounts.get(ATTACKER)!, riskTable, riskTable.initialMarginBps))
    })
  }

  test('no part of closing in vain: for each there is an attack that nothing else stops', () => {
    const alone = MARGIN_ATTACKS.filter(({ stoppedBy }) => stoppedBy.length === 1).map(({ stoppedBy: [part] }) => part!)
    const parts: ClosingBreach[] = [
      'ORDER_LEFT',
      'RISK_GREW',
      'EXCESS_FELL',
      'NET_BELOW_ZERO',
      'NOT_CLOSING',
      'OUTSIDE_BAND',
    ]
    assert.deepEqual(new Set(alone), new Set(parts))
  })

  test('what cancelPay would have brought its accomplice: 5,682,900 quanta, 2,329,900 of them the venue lost', () => {
    const attack = MARGIN_ATTACKS[0]!
    const venue = attack.venue()
    const { before, after } = withoutMargin(venue, attack.messages(venue))
    const gain = ({ accounts }: typeof after, index: number) => accounts.get(index)!.collateral[0]!
    assert.equal(gain(after, ACCOMPLICE) - gain(before, ACCOMPLICE), 5_682_900n)
    assert.equal(gain(after, ATTACKER), -2_329_900n)
  })

  test('what m1 would have led to: the accomplice sells into the bid, ten quanta a lot above the mark', () => {
    const attack = MARGIN_ATTACKS.find(({ name }) => name.startsWith('m1'))!
    const venue = attack.venue()
    venue.state = withoutMargin(venue, attack.messages(venue)).after
    const harvest = venue.batch([venue.sell(ACCOMPLICE, 1010n, 1000n, { timeInForce: 'IOC' })])
    assert.equal(harvest.after.accounts.get(ATTACKER)!.collateral[0], -1_010_001n)
  })
})
