import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { hashBundle } from '../../../protocol/bundle.ts'
import { hashCashMessage } from '../../../protocol/cash-batch/operation.ts'
import { hashLogin } from '../../../protocol/login.ts'
import { TAGS } from '../../../protocol/parameters.ts'
import { isSignedBy, tradingKey } from '../../../protocol/signature.ts'
import { forgetTokens, TOKENS_OF_ACCOUNT } from '../../../service/tokens/tokens.ts'
import { CHALLENGE_SECONDS, Challenges } from '../../../service/traders/challenges.ts'
import { testServer } from '../../support/service/test-server.ts'
import {
  DOMAIN,
  orderOf,
  secretOf,
  signed,
  type TradingVenue,
  tradingVenue,
} from '../../support/service/trading-venue.ts'

describe('a challenge', () => {
  const open = (
    change: (login: { challenge: bigint; expiry: bigint }) => object = () => ({}),
    account = 1,
    later = 0n,
  ) => {
    const challenges = new Challenges()
    const login = challenges.issue(1, NOW)
    return challenges.isOpen(account, { ...login, ...change(login) }, NOW + later)
  }
  it('is good for the account that it was issued for', () => assert.equal(open(), true))
  it('is good for no other', () => assert.equal(open(undefined, 2), false))
  it('is good up to its last second', () => assert.equal(open(undefined, 1, CHALLENGE_SECONDS), true))
  it('is good no second longer', () => assert.equal(open(undefined, 1, CHALLENGE_SECONDS + 1n), false))
  it('has no other expiry', () =>
    assert.equal(
      open(({ expiry }) => ({ expiry: expiry + 1n })),
      false,
    ))
  it('is none that somebody changed', () => {
    for (const bit of [0n, 127n, 128n, 247n])
      assert.equal(
        open(({ challenge }) => ({ challenge: challenge ^ (1n << bit) })),
        false,
      )
  })
  it('is none of more bytes', () =>
    assert.equal(
      open(({ challenge }) => ({ challenge: challenge + (1n << 248n) })),
      false,
    ))
  it('is good once', () => {
    const challenges = new Challenges()
    const login = challenges.issue(1, NOW)
    challenges.use(login, NOW)
    assert.equal(challenges.isOpen(1, login, NOW), false)
    // Others' use, later on, does not make it good again while its time lasts.
    challenges.use(challenges.issue(2, NOW), NOW + CHALLENGE_SECONDS)
    assert.equal(challenges.isOpen(1, login, NOW + CHALLENGE_SECONDS), false)
  })
  it('is none of another process', () =>
    assert.equal(new Challenges().isOpen(1, new Challenges().issue(1, NOW), NOW), false))
})

describe('what a login signs', () => {
  it('has a tag that no other use of the hash has, in circuits or out of them', () => {
    const others = Object.entries(TAGS).filter(([name]) => name !== 'LOGIN')
    assert.ok(others.length > 20)
    for (const [name, tag] of others) assert.notEqual(tag, TAGS.LOGIN, name)
    const uses = globSync('{protocol,circuits,venue,settlement,oracle,service,client,cli}/**/*.ts').filter((file) =>
      /'LOGIN'/.test(readFileSync(file, 'utf8')),
    )
    assert.deepEqual(uses, ['protocol/login.ts'])
  })

  it('is a signature of no message, whatever the challenge is', () => {
    const order = orderOf(1, 1n)
    const bundle = hashBundle([order], DOMAIN)
    const cash = {
      kind: 'WITHDRAW',
      account: 1,
      counterAccount: 0,
      asset: 0,
      amount: 5n,
      nonce: 1n,
      expiry: NOW,
    } as const
    // A challenge that is chosen to look like what others sign: the word of a message, or a digest of it.
    for (const challenge of [bundle, hashCashMessage(cash, DOMAIN), 0n, DOMAIN]) {
      const digest = hashLogin({ challenge, expiry: NOW }, DOMAIN)
      for (const other of [bundle, hashCashMessage(cash, DOMAIN)]) assert.notEqual(digest, other)
      const { signature } = signed(1, order)
      assert.equal(isSignedBy(digest, signature, tradingKey(secretOf(1))), false)
    }
  })
})

describe('a login', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  before(async () => {
    server = await testServer()
    venue = await tradingVenue(server)
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const tryLogin = async (body: unknown) => {
    const { status, body: answer } = await venue.post('/v1/login', body)
    return [status, answer.error?.code]
  }

  it('gives a token that shows the own account', async () => {
    const { body } = await venue.get('/v1/account', await venue.login(2))
    assert.equal(body.account, 2)
    assert.equal(body.nextNonce, '1')
  })

  it('is none with a challenge that was used', async () => {
    const answer = venue.answerTo(1, await venue.challenge(1))
    assert.deepEqual(await tryLogin(answer), [200, undefined])
    assert.deepEqual(await tryLogin(answer), [401, 'LOGIN_REFUSED'])
  })

  it("is none with another account's key", async () => {
    assert.deepEqual(await tryLogin(venue.answerTo(1, await venue.challenge(1), secretOf(2))), [401, 'LOGIN_REFUSED'])
  })

  it("is none with another account's challenge", async () => {
    assert.deepEqual(await tryLogin(venue.answerTo(1, await venue.challenge(2))), [401, 'LOGIN_REFUSED'])
  })

  it('is none for an account that there is not', async () => {
    assert.deepEqual(await tryLogin(venue.answerTo(9, await venue.challenge(9))), [401, 'LOGIN_REFUSED'])
  })

  it('leaves the token in no table, but its hash', async () => {
    const token = await venue.login(1)
    const rows = await venue.database.query('SELECT t::text FROM token AS t')
    assert.ok(rows.length > 0)
    // Its secret, which may have a _ in it.
    assert.ok(!JSON.stringify(rows).includes(token.slice(-43)))
  })

  it("beyond sixteen ends the oldest of the account, and no other account's", async () => {
    const other = await venue.login(2)
    const tokens: string[] = []
    for (let i = 0; i <= TOKENS_OF_ACCOUNT; i++) tokens.push(await venue.login(3))
    const isGood = async (token: string) => (await venue.get('/v1/account', token)).status === 200
    const [oldest, second] = tokens as [string, string]
    const answers = [await isGood(oldest), await isGood(second), await isGood(tokens.at(-1)!), await isGood(other)]
    assert.deepEqual(answers, [false, true, true, true])
    const rows = await venue.database.query('SELECT FROM token WHERE account = 3')
    assert.equal(rows.length, TOKENS_OF_ACCOUNT)
  })

  it('deletes some of what is past its time, and nothing of what is good', async () => {
    const { database } = venue
    await database.query(
      `INSERT INTO token (hash, id, name, scope, expires_at, account, trading_key)
       SELECT sha256(i::text::bytea), 'over' || i, 'login', 'trader', now() - interval '1 s', 1000 + i, '1 2'
       FROM generate_series(1, 5) i`,
    )
    const left = async () => (await database.query(`SELECT FROM token WHERE id LIKE 'over%'`)).length
    const good = async () => (await database.query('SELECT FROM token WHERE expires_at > now()')).length
    const before = await good()
    await forgetTokens(database, 2)
    assert.deepEqual([await left(), await good()], [3, before])
    await forgetTokens(database)
    assert.deepEqual([await left(), await good()], [0, before])
  })

  it('ends with the token that logs out, and with all of the account where he says so', async () => {
    const [one, two, other] = [await venue.login(1), await venue.login(1), await venue.login(2)]
    const isGood = async (token: string) => (await venue.get('/v1/account', token)).status === 200
    assert.equal((await venue.post('/v1/logout', {}, one)).status, 200)
    assert.deepEqual([await isGood(one), await isGood(two)], [false, true])
    const three = await venue.login(1)
    assert.equal((await venue.post('/v1/logout', { everywhere: true }, three)).status, 200)
    assert.deepEqual([await isGood(two), await isGood(three), await isGood(other)], [false, false, true])
  })
})
