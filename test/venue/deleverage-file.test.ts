import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { exampleDeleveraging } from '../../circuits/deleverage/example.ts'
import { deleverage } from '../../circuits/deleverage/index.ts'
import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { PROFILE_NAMES, type ProfileName } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import { decodeDeleveraging, encodeDeleveraging } from '../../venue/index.ts'
import { changed, throughText } from '../support/changed-json.ts'

const DOMAIN = 7n
const FULL = exampleDeleveraging('small', DOMAIN)

const encoded = (made: Deleveraging, profile: ProfileName = 'small') => throughText(encodeDeleveraging(made, profile))

suite('files of deleveragings', () => {
  for (const profile of PROFILE_NAMES) {
    test(`alone give the deleveraging back, of profile ${profile}`, () => {
      const made = exampleDeleveraging(profile, DOMAIN)
      const read = decodeDeleveraging(encoded(made, profile), profile)
      for (const part of [
        'context',
        'closing',
        'opens',
        'deficit',
        'surcharge',
        'score',
        'houseFails',
        'touched',
      ] as const) {
        assert.deepEqual(read[part], made[part], part)
      }
      for (const side of ['before', 'after'] as const) {
        assert.equal(stateRoot(read[side]), stateRoot(made[side]))
      }
    })
  }

  test('are all that the circuit needs: it makes the same inputs of them', async () => {
    const { statement, witness } = await deleverage.readJob!(encoded(FULL), 'small')
    const inputs = deleverage.buildInput(statement, witness, 'small')
    assert.deepEqual(inputs, deleverage.buildInput(statement, FULL, 'small'))
  })
})

const FILE = encoded(FULL)
const wrong: Record<string, [path: string, value: unknown, named: string]> = {
  'no version': ['version', undefined, 'deleverage.version'],
  'an unknown field': ['extra', 1, 'deleverage'],
  'another profile': ['profile', 'standard', 'deleverage.profile'],
  'a domain of 2^248': ['domain', String(1n << 248n), 'deleverage.domain'],
  'a timestamp as a JSON number': ['timestamp', 5, 'deleverage.timestamp'],
  'no end of the last pause': ['resumedAt', undefined, 'deleverage.resumedAt'],
  'lots of 2^56': ['closing.lots', String(1n << 56n), 'deleverage.closing.lots'],
  'a market below 0': ['closing.market', -1, 'deleverage.closing.market'],
  'a counterparty of 2^24': ['closing.counterparty', 1 << 24, 'deleverage.closing.counterparty'],
  'another risk table': ['riskTable.makerFeeBps', '3', 'deleverage.riskRoot'],
  'a risk table of too few markets': ['riskTable.markets', [], 'deleverage.riskTable.markets'],
  'another balance': ['before.accounts.0.account.collateral.0', '1', 'deleverage.oldStateRoot'],
  'a path too short': ['before.accounts.0.children', [], 'deleverage.before.accounts[0].children'],
  'other lots': ['closing.lots', '11', 'deleverage.newStateRoot'],
  'another new root': ['newStateRoot', '1', 'deleverage.newStateRoot'],
}
for (const [name, [path, value, named]] of Object.entries(wrong)) {
  test(`the file of a deleveraging with ${name} is refused, naming ${named}`, () => {
    const file = changed(FILE, path, value)
    assert.throws(() => decodeDeleveraging(file, 'small'), { code: 'INPUT_INVALID', path: named })
  })
}

const unprovable: Record<string, [path: string, value: unknown, reason: string]> = {
  'a time after the auction': ['timestamp', String(FULL.opens + 1_801n), 'AUCTION'],
  'a pause that ended later': ['resumedAt', String(FULL.context.timestamp), 'AUCTION'],
  'the house as counterparty': ['closing.counterparty', 0, 'ACCOUNTS'],
  'a market that there is not': ['closing.market', 4, 'MARKET'],
  'no lots': ['closing.lots', '0', 'LOTS'],
}
for (const [name, [path, value, reason]] of Object.entries(unprovable)) {
  test(`the file of a deleveraging with ${name} is refused, as BATCH_UNPROVABLE for ${reason}`, () => {
    assert.throws(
      () => decodeDeleveraging(changed(FILE, path, value), 'small'),
      (error: { code: string; details: { reason: string } }) =>
        error.code === 'BATCH_UNPROVABLE' && error.details.reason === reason,
    )
  })
}
