import assert from 'node:assert/strict'
import { it } from 'node:test'
import { tradingKey } from '../../../protocol/signature.ts'
import type { Check } from '../../../service/intake/checks.ts'
import { SignatureChecker } from '../../../service/intake/signature-checker.ts'
import { isSigned, noteSignature } from '../../../service/sequencer/signatures.ts'
import { DOMAIN, orderOf, secretOf, signed, withdrawal } from '../../support/service/trading-venue.ts'

/** One that every check is of another copy of, as signing takes time. */
const SIGNED = signed(1, orderOf(1, 1n))
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
    { signed: good, account: 1, key: keyOf(1) },
    { signed: cash, account: 2, key: keyOf(2) },
    { signed: forged, account: 3, key: keyOf(3) },
    { signed: malformed, account: 1, key: keyOf(2) },
    { signed: empty, account: 1, key: keyOf(1) },
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
  await checker.check([{ signed: forged, account: 1, key: keyOf(1) }])
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

const refused = { name: 'Error', status: 503, code: 'BUSY', retryAfter: 1 }
const oneOf = (account: number, nonce = 1n): Check => ({
  ...{ signed: signed(account, orderOf(account, nonce)), account, key: keyOf(account) },
})

it('beyond as many of an account as may wait it takes no more, all or none of a request, until there is room again', async () => {
  await using checker = open({ mostOfAccount: 3 })
  const check = () => oneOf(1)
  const first = checker.check([check(), check()])
  await assert.rejects(checker.check([check(), check()]), refused)
  const second = checker.check([check()])
  await assert.rejects(checker.check([check()]), refused)
  // The room of another account is another.
  const other = checker.check([oneOf(2), oneOf(2), oneOf(2)])
  await Promise.all([first, second, other])
  await checker.check([check(), check(), check()])
  await assert.rejects(checker.check([check(), check(), check(), check()]), refused)
})

it('beyond as many of strangers as may wait it takes no more, and none of them takes room from an account', async () => {
  await using checker = open({ most: 3, mostOfAccount: 1 })
  const flood = checker.check([oneOf(1), oneOf(1), oneOf(1)], 'stranger')
  await assert.rejects(checker.check([oneOf(1)], 'stranger'), refused)
  await assert.rejects(checker.check([oneOf(2), oneOf(2), oneOf(2)], 'another'), refused)
  await Promise.all([flood, checker.check([oneOf(1)])])
  await assert.rejects(checker.check([oneOf(1), oneOf(1), oneOf(1), oneOf(1)], 'stranger'), refused)
})

it('a flood from 300 addresses leaves a newcomer his place, and an account that is known is checked before most of it', async () => {
  const module = new URL('../../support/service/believing-thread.ts', import.meta.url)
  await using checker = open({ module })
  const key = keyOf(1)
  const told: string[] = []
  const says = (who: string) => [() => told.push(who), () => told.push(`${who} is busy`)] as const
  const all: Promise<unknown>[] = []
  const send = (caller: string, count: number) => {
    const forged = Array.from({ length: count }, () => ({ account: 1, key, signed: { ...SIGNED } }))
    all.push(checker.check(forged, caller).then(...says(caller)))
  }
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 300; i++) send(`flood ${i}`, 8)
  }
  send('newcomer', 6)
  all.push(checker.check([oneOf(1)]).then(...says('known')))
  await Promise.all(all)
  assert.ok(told.includes('newcomer'))
  // Of whom no more was begun than one group when he came.
  const before = told.slice(0, told.indexOf('known')).filter((who) => !who.endsWith('busy'))
  assert.ok(before.length <= 4, `${before.length} of the flood came before him`)
  assert.ok(told.filter((who) => who.endsWith('busy')).length >= 600)
})

it('what is known already needs no room, but under another key', async () => {
  await using checker = open({ mostOfAccount: 1 })
  const known = signed(1, orderOf(1, 1n))
  assert.ok(isSigned(known, DOMAIN, keyOf(1)))
  const flood = checker.check([{ signed: signed(1, orderOf(1, 2n)), account: 1, key: keyOf(1) }])
  await checker.check([{ signed: known, account: 1, key: keyOf(1) }])
  await assert.rejects(checker.check([{ signed: known, account: 1, key: keyOf(2) }]), { status: 503, code: 'BUSY' })
  await flood
})

it('of a thread that ends it says so, and finds nothing out any more', async () => {
  const lost = Promise.withResolvers<Error>()
  const module = new URL('../../support/service/dying-thread.ts', import.meta.url)
  await using checker = open({ module, onLost: lost.resolve })
  const order = signed(1, orderOf(1, 1n))
  const why = /the thread that checks signatures has ended/
  await assert.rejects(checker.check([{ signed: order, account: 1, key: keyOf(1) }]), why)
  assert.match((await lost.promise).message, why)
  await assert.rejects(checker.check([{ signed: order, account: 1, key: keyOf(1) }]), why)
})
