import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { exampleTakeover } from '../../circuits/takeover/example.ts'
import { takeover } from '../../circuits/takeover/index.ts'
import { PROFILE_NAMES, type ProfileName } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { decodeBid, decodeTakeover, encodeBid, encodeTakeover } from '../../venue/index.ts'
import { changed, throughText } from '../support/changed-json.ts'

const DOMAIN = 7n
const FULL = exampleTakeover('small', DOMAIN)

const encoded = (made: Takeover, profile: ProfileName = 'small') => throughText(encodeTakeover(made, profile))

suite('files of takeovers', () => {
  for (const profile of PROFILE_NAMES) {
    test(`alone give the takeover back, of profile ${profile}`, () => {
      const made = exampleTakeover(profile, DOMAIN)
      const read = decodeTakeover(encoded(made, profile), profile)
      for (const part of ['context', 'bid', 'opens', 'subsidy', 'touched'] as const) {
        assert.deepEqual(read[part], made[part], part)
      }
      for (const side of ['before', 'after'] as const) {
        assert.equal(stateRoot(read[side]), stateRoot(made[side]))
      }
    })
  }

  test('are all that the circuit needs: it makes the same inputs of them', async () => {
    const { statement, witness } = await takeover.readJob!(encoded(FULL), 'small')
    const inputs = takeover.buildInput(statement, witness, 'small')
    assert.deepEqual(inputs, takeover.buildInput(statement, FULL, 'small'))
  })
})

const FILE = encoded(FULL)
const wrong: Record<string, [path: string, value: unknown, named: string]> = {
  'no version': ['version', undefined, 'takeover.version'],
  'an unknown field': ['extra', 1, 'takeover'],
  'another profile': ['profile', 'standard', 'takeover.profile'],
  'a domain of 2^248': ['domain', String(1n << 248n), 'takeover.domain'],
  'a timestamp as a JSON number': ['timestamp', 5, 'takeover.timestamp'],
  'no end of the last pause': ['resumedAt', undefined, 'takeover.resumedAt'],
  'a price of 2^80': ['bid.price', String(1n << 80n), 'takeover.bid.price'],
  'a bidder of 2^24': ['bid.bidder', 1 << 24, 'takeover.bid.bidder'],
  'half a signature': ['bid.signature', { S: '1' }, 'takeover.bid.signature.R8x'],
  'another risk table': ['riskTable.makerFeeBps', '3', 'takeover.riskRoot'],
  'no risk table': ['riskTable', undefined, 'takeover.riskTable'],
  'a risk table of too few markets': ['riskTable.markets', [], 'takeover.riskTable.markets'],
  'another balance': ['before.accounts.0.account.collateral.0', '1', 'takeover.oldStateRoot'],
  'an empty leaf where an account is': ['before.accounts.1.account', undefined, 'takeover.oldStateRoot'],
  'a path too short': ['before.accounts.0.children', [], 'takeover.before.accounts[0].children'],
  'another book': ['before.book.book.nextSequence', '7', 'takeover.oldStateRoot'],
  'another new root': ['newStateRoot', '1', 'takeover.newStateRoot'],
}
for (const [name, [path, value, named]] of Object.entries(wrong)) {
  test(`the file of a takeover with ${name} is refused, naming ${named}`, () => {
    const file = changed(FILE, path, value)
    assert.throws(() => decodeTakeover(file, 'small'), { code: 'INPUT_INVALID', path: named })
  })
}

const unprovable: Record<string, [path: string, value: unknown, reason: string]> = {
  'a price that was altered': ['bid.price', '-1999999999', 'BAD_SIGNATURE'],
  'another portfolio of the victim': ['bid.held', '5', 'HELD'],
  'a time after the auction': ['timestamp', String(FULL.opens + 1_801n), 'AUCTION'],
  'a pause that ended later': ['resumedAt', String(FULL.context.timestamp), 'AUCTION'],
  'the house as bidder': ['bid.bidder', 0, 'ACCOUNTS'],
}
for (const [name, [path, value, reason]] of Object.entries(unprovable)) {
  test(`the file of a takeover with ${name} is refused, as BATCH_UNPROVABLE for ${reason}`, () => {
    assert.throws(
      () => decodeTakeover(changed(FILE, path, value), 'small'),
      (error: { code: string; details: { reason: string } }) =>
        error.code === 'BATCH_UNPROVABLE' && error.details.reason === reason,
    )
  })
}

suite('files of bids', () => {
  const file = throughText(encodeBid(FULL.bid, DOMAIN))

  test('give the bid back', () => assert.deepEqual(decodeBid(file, DOMAIN), FULL.bid))

  test('are refused for another venue than the one that they were signed for', () => {
    assert.throws(() => decodeBid(file, DOMAIN + 1n), { code: 'INPUT_INVALID', path: 'bid.domain' })
  })

  test('are refused for a field that is no number of a bid, naming it', () => {
    for (const [path, value, named] of [
      ['price', `-${1n << 80n}`, 'bid.price'],
      ['held', '-1', 'bid.held'],
      ['nonce', String(1n << 64n), 'bid.nonce'],
      ['extra', 1, 'bid'],
    ] as const) {
      assert.throws(() => decodeBid(changed(file, path, value), DOMAIN), { code: 'INPUT_INVALID', path: named })
    }
  })
})
