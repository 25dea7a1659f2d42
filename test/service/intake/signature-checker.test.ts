import assert from 'node:assert/strict'
import { it } from 'node:test'
import { tradingKey } from '../../../protocol/signature.ts'
import { SignatureChecker } from '../../../service/intake/signature-checker.ts'
import { isSigned, noteSignature } from '../../../service/sequencer/signatures.ts'
import { DOMAIN, orderOf, secretOf, signed, withdrawal } from '../../support/service/trading-venue.ts'

const keyOf = (account: number) => tradingKey(secretOf(account))
const open = (options: Partial<ConstructorParameters<typeof SignatureChecker>[0]> = {}) =>
  new SignatureChecker({ domain: DOMAIN, onLost: () => undefined, ...options })

it('signatures of bundles and of withdrawals are found to hold or not, each under its key', async () => {
  await using checker = open()
  const good = signed(1, orderOf(1, 1n), orderOf(1, 2n))
  const { signature, ...message } = withdrawal(2, 1n, 5n)
  const cash = { message, signature }
  const forged = { ...signed(3, orderOf(3, 1n)), signature: good.signature }
  const malformed = signed(1, orderOf(1, 3n))
  const empty = { messages: [], signature: good.signature }
  const checks = [
    { signed: good, key: keyOf(1) },
    { signed: cash, key: keyOf(2) },
    { signed: forged, key: keyOf(3) },
    { signed: malformed, key: keyOf(2) },
    { signed: empty, key: keyOf(1) },
  ]
  await Promise.all([checker.check(checks.slice(0, 2)), checker.check(checks.slice(2)), checker.check([])])
  assert.deepEqual(
    checks.map((check) => isSigned(check.signed, DOMAIN, check.key)),
    [true, true, false, false, false],
  )
  // Under another key it is another question.
  assert.equal(isSigned(malformed, DOMAIN, keyOf(1)), true)
})

it('what the thread found is believed, and not looked at again', async () => {
  const module = new URL('../../support/service/believing-thread.ts', import.meta.url)
  await using checker = open({ module })
  const forged = { ...signed(1, orderOf(1, 1n)), signature: signed(2, orderOf(2, 1n)).signature }
  await checker.check([{ signed: forged, key: keyOf(1) }])
  assert.equal(isSigned(forged, DOMAIN, keyOf(1)), true)
})

it('what was found of a signature is not looked at again, but under another key or domain', () => {
  const forged = { ...signed(1, orderOf(1, 1n)), signature: signed(2, orderOf(2, 1n)).signature }
  noteSignature(forged, { domain: DOMAIN, key: keyOf(1), holds: true })
  assert.equal(isSigned(forged, DOMAIN, keyOf(1)), true)
  assert.equal(isSigned(forged, DOMAIN, keyOf(2)), false)
  assert.equal(isSigned(forged, DOMAIN, keyOf(1)), false)
  noteSignature(forged, { domain: DOMAIN, key: keyOf(1), holds: true })
  assert.equal(isSigned(forged, DOMAIN + 1n, keyOf(1)), false)
})

it('beyond as many as may wait it takes no more, all or none of a request, until there is room again', async () => {
  await using checker = open({ most: 3 })
  const check = () => ({ signed: signed(1, orderOf(1, 1n)), key: keyOf(1) })
  const first = checker.check([check(), check()])
  const refused = { name: 'Error', status: 503, code: 'BUSY', retryAfter: 1 }
  await assert.rejects(checker.check([check(), check()]), refused)
  const second = checker.check([check()])
  await assert.rejects(checker.check([check()]), refused)
  await Promise.all([first, second])
  await checker.check([check(), check(), check()])
  await assert.rejects(checker.check([check(), check(), check(), check()]), refused)
})

it('what is known already needs no room, but under another key', async () => {
  await using checker = open({ most: 1 })
  const known = signed(1, orderOf(1, 1n))
  assert.ok(isSigned(known, DOMAIN, keyOf(1)))
  const flood = checker.check([{ signed: signed(2, orderOf(2, 1n)), key: keyOf(2) }])
  await checker.check([{ signed: known, key: keyOf(1) }])
  await assert.rejects(checker.check([{ signed: known, key: keyOf(2) }]), { status: 503, code: 'BUSY' })
  await flood
})

it('of a thread that ends it says so, and finds nothing out any more', async () => {
  const lost = Promise.withResolvers<Error>()
  const module = new URL('../../support/service/dying-thread.ts', import.meta.url)
  await using checker = open({ module, onLost: lost.resolve })
  const order = signed(1, orderOf(1, 1n))
  const why = /the thread that checks signatures has ended/
  await assert.rejects(checker.check([{ signed: order, key: keyOf(1) }]), why)
  assert.match((await lost.promise).message, why)
  await assert.rejects(checker.check([{ signed: order, key: keyOf(1) }]), why)
})
