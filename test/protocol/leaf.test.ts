import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount, SMALL } from '../../lab/instances/model.ts'
import { hashAccount } from '../../protocol/account.ts'

test('a leaf does not tell what an account holds to who guesses it: only the view key shows which guess is right', () => {
  const account = makeAccount(SMALL, { cash: 37n })
  const leaf = hashAccount(account)
  const found = (viewKey: bigint) => {
    const guesses = Array.from({ length: 100 }, (_, cash) => ({ ...account, viewKey, collateral: [BigInt(cash), 0n] }))
    return guesses.findIndex((guess) => hashAccount(guess) === leaf)
  }
  assert.equal(found(account.viewKey), 37)
  for (const wrong of [0n, account.viewKey - 1n, account.viewKey + 1n]) assert.equal(found(wrong), -1)
})
