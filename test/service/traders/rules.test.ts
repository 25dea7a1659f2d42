import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { Message } from '../../../protocol/message.ts'
import { Door } from '../../../service/traders/door.ts'
import { DOOR_RULES } from '../../../service/traders/rules.ts'
import { decodeRules } from '../../../service/traders/rules-file.ts'
import { errorOf, zkclear } from '../../support/cli.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, tradingVenue } from '../../support/service/trading-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const refused = (rules: object, path: string) =>
  assert.throws(() => decodeRules({ version: 1, ...rules }, 3), { code: 'INPUT_INVALID', path: `rules${path}` })

describe("a file of the door's rules", () => {
  it('leaves what it does not name as usual', () => {
    assert.deepEqual(decodeRules({ version: 1 }, 3), DOOR_RULES)
    const rules = decodeRules({ version: 1, messagesPerSecond: 0.5, tickSizes: [{ market: 2, tickSize: '25' }] }, 3)
    assert.deepEqual(rules, { ...DOOR_RULES, messagesPerSecond: 0.5, tickSizes: new Map([[2, 25n]]) })
  })

  for (const name of ['messagesAtOnce', 'cancelsAtOnce', 'ordersPerHour', 'creditLeast']) {
    it(`may not have ${name} below the eight messages of a bundle`, () => {
      assert.equal(Object.entries(decodeRules({ version: 1, [name]: 8 }, 3)).find(([each]) => each === name)![1], 8)
      refused({ [name]: 7 }, `.${name}`)
      refused({ [name]: 8.5 }, `.${name}`)
    })
  }

  for (const name of ['restingShare', 'creditShare', 'requestsAtOnce', 'connectionsAtOnce', 'signaturesPerRequest']) {
    it(`may not have ${name} below 1`, () => refused({ [name]: 0 }, `.${name}`))
  }

  for (const name of ['messagesPerSecond', 'cancelsPerSecond', 'requestsPerSecond']) {
    it(`may not have ${name} 0, or what is no number`, () => {
      for (const value of [0, -1, '5', null, 1e10]) refused({ [name]: value }, `.${name}`)
    })
  }

  it('may have no fills and forgeries that count', () => {
    const rules = decodeRules({ version: 1, ordersPerFill: 0, requestsPerForgery: 0 }, 3)
    assert.deepEqual([rules.ordersPerFill, rules.requestsPerForgery], [0, 0])
    for (const name of ['ordersPerFill', 'requestsPerForgery']) refused({ [name]: -1 }, `.${name}`)
  })

  it('may not keep out a request that is as full as one may be', () => {
    assert.equal(decodeRules({ version: 1, requestsAtOnce: 65 }, 3).requestsAtOnce, 65)
    refused({ requestsAtOnce: 64 }, '.requestsAtOnce')
    assert.equal(decodeRules({ version: 1, requestsAtOnce: 64, signaturesPerRequest: 5 }, 3).requestsAtOnce, 64)
  })

  it('has tick sizes of markets that there are, once each, above 0', () => {
    refused({ tickSizes: [{ market: 3, tickSize: '1' }] }, '.tickSizes[0].market')
    const twice = { market: 1, tickSize: '5' }
    refused({ tickSizes: [twice, twice] }, '.tickSizes[1].market')
    refused({ tickSizes: [{ market: 0, tickSize: '0' }] }, '.tickSizes[0].tickSize')
    refused({ tickSizes: [{ market: 0, tickSize: 5 }] }, '.tickSizes[0].tickSize')
  })

  it('has its version, and no field that means nothing', () => {
    assert.throws(() => decodeRules({}, 3), { code: 'INPUT_INVALID', path: 'rules.version' })
    refused({ ticks: [] }, '')
  })

  it('is read before a venue begins, and an error names it', async () => {
    await using folder = await temporaryDirectory()
    const file = folder.file('rules.json')
    await writeFile(file, JSON.stringify({ version: 1, creditShare: 0 }))
    const place = ['--rpc', 'http://127.0.0.1:1', '--settlement', `0x${'1'.repeat(40)}`, '--data', folder.file('data')]
    const result = await zkclear(['serve', ...place, '--key-store', 'none', '--rules', file, '--json'])
    const { path, details } = errorOf(result)
    assert.deepEqual([result.code, path, details?.file], [2, 'rules.creditShare', file])
  })
})

describe('the tick size of a market', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('keeps out orders between two ticks, and no cancel', async () => {
    await using venue = await tradingVenue(server, { rules: { tickSizes: new Map([[0, 5n]]) } })
    const verdict = async (...messages: Message[]) => (await venue.client.send([signed(1, ...messages)]))[0]!.verdict
    assert.equal(await verdict(orderOf(1, 1n, { price: 1001n })), 'TICK')
    assert.equal(await verdict(orderOf(1, 1n, { price: 1005n })), 'ACCEPTED')
    assert.equal(await verdict(orderOf(1, 2n, { price: 1000n }), orderOf(1, 3n, { price: 999n })), 'TICK')
    assert.equal(await verdict(orderOf(1, 4n, { market: 1, price: 1001n })), 'ACCEPTED')
    await venue.put({ kind: 'cut', cash: false })
    const gone: Message = { kind: 'cancel', market: 0, account: 1, side: 'buy', price: 1005n, sequence: 0n, nonce: 5n }
    assert.equal(await verdict({ ...gone, price: 1004n }), 'NO_EFFECT')
    assert.equal(await verdict(gone), 'ACCEPTED')
    assert.deepEqual((await venue.client.limits()).tickSizes, [{ market: 0, tickSize: 5n }])
  })

  it('that a venue takes up keeps no cancel of an order from before it out', async () => {
    await using venue = await tradingVenue(server)
    await venue.client.send([signed(1, orderOf(1, 1n, { price: 1001n }))])
    await venue.put({ kind: 'cut', cash: false })
    const later = new Door(
      { same: () => undefined, known: () => undefined },
      { rules: { tickSizes: new Map([[0, 5n]]) }, credit: () => 1000n },
    )
    const gone: Message = { kind: 'cancel', market: 0, account: 1, side: 'buy', price: 1001n, sequence: 0n, nonce: 2n }
    const all: Message = { kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 2n }
    const state = venue.writer.state
    assert.deepEqual(
      [gone, all].map((message) => later.refusal(state, signed(1, message))),
      [undefined, undefined],
    )
    assert.equal(later.refusal(state, signed(1, orderOf(1, 2n, { price: 1001n }))), 'TICK')
  })
})
