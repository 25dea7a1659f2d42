import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../protocol/random.ts'
import { stateRoot } from '../../protocol/state.ts'
import { RecordedVenue } from '../support/recorded-venue.ts'

test('any cut of what happens between flags, takeovers and deleveragings gives the same state root after each', () => {
  const done = new Map<string, number>()
  const batches = { first: 0, again: 0 }
  for (let seed = 1n; seed <= 16n; seed++) {
    const venue = new RecordedVenue(seed)
    const start = venue.state
    venue.reprice()
    for (let i = 0; i < 200; i++) venue.step()
    for (const [kind, count] of venue.done) done.set(kind, (done.get(kind) ?? 0) + count)
    batches.first += venue.events.length
    const random = new Random(seed)
    const between = (least: bigint, most: bigint) => Number(random.between(least, most))
    const sizes = {
      messages: between(1n, 9n),
      signatures: between(1n, 9n),
      steps: between(1n, 12n),
      accounts: between(1n, 5n),
      lightAccounts: between(1n, 3n),
    }
    const lengths = Array.from({ length: 5 }, () => between(0n, 9n))
    batches.again += venue.again(start, { sizes, lengths }, (state, recorded) => {
      assert.equal(stateRoot(state), stateRoot(recorded), `seed ${seed}`)
    })
  }
  for (const kind of ['FILL', 'FLAG', 'CURE', 'TAKEOVER', 'SUBSIDY', 'DELEVERAGE', 'EXPIRE', 'RELIST']) {
    assert.ok((done.get(kind) ?? 0) > 0, `never: ${kind}`)
  }
  assert.ok(4 * batches.again < 3 * batches.first, `${batches.first} batches, and ${batches.again} the second time`)
})
