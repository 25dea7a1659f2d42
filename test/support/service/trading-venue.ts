import assert from 'node:assert/strict'
import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { connectVenue } from '../../../client/index.ts'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { ownerCommitment } from '../../../protocol/account.ts'
import { signCashMessage } from '../../../protocol/cash-batch/sign.ts'
import { signLogin } from '../../../protocol/login.ts'
import type { LimitOrder, Message } from '../../../protocol/message.ts'
import { signBundle, tradingKey } from '../../../protocol/signature.ts'
import { emptyState, stateRoot } from '../../../protocol/state.ts'
import type { RootsOfExit } from '../../../service/exits/exit-terms.ts'
import { Exits } from '../../../service/exits/exits.ts'
import { tablesInJournal } from '../../../service/exits/journal-tables.ts'
import { serveGateway } from '../../../service/gateway/gateway.ts'
import type { Tls } from '../../../service/http/app.ts'
import type { Page } from '../../../service/http/page.ts'
import { Journal } from '../../../service/journal/journal.ts'
import { VenueLog } from '../../../service/log/venue-log.ts'
import { DEFAULT_PACE, startSequencer, unsettled } from '../../../service/sequencer/state.ts'
import { statusDocument } from '../../../service/serve/status.ts'
import { TradersDesk } from '../../../service/traders/desk.ts'
import type { DoorOptions } from '../../../service/traders/door.ts'
import { ProvableStates, type RootsOfChain } from '../../../service/traders/provable-states.ts'
import type { MarginFiles } from '../../../service/traders/proving-files.ts'
import { StandingCancelStore } from '../../../service/traders/standing-cancel-store.ts'
import { StandingCancels } from '../../../service/traders/standing-cancels.ts'
import { tradersSide } from '../../../service/traders/traders-side.ts'
import type { BatchCircuits } from '../../../service/writer/job-changes.ts'
import { Writer } from '../../../service/writer/writer.ts'
import { toJson } from '../../../venue/files/schema.ts'
import { sealerOf } from './test-keys.ts'
import { testNotes } from './test-notes.ts'
import type { testServer } from './test-server.ts'

export const DOMAIN = 77n
/** What each account begins with; odd, so that it is found again where it should not be. */
export const cashOf = (account: number) => 1_234_500n + BigInt(account)
export const TRADERS = [1, 2, 3] as const
export const TABLE = makeTable(SMALL, { maxAge: 100_000n })

export const secretOf = (account: number) => new Uint8Array(32).fill(40 + account)

/** An order of 10 lots at 1,000 in market 0 but for what is said otherwise. */
export function orderOf(account: number, nonce: bigint, changes: Partial<LimitOrder> = {}): LimitOrder {
  return {
    ...{ kind: 'order', market: 0, account, side: 'buy', price: 1000n, size: 10n, nonce },
    ...{ timeInForce: 'GTC', reduceOnly: false, expiry: NOW + 3_600n, ...changes },
  }
}

export const signed = (account: number, ...messages: Message[]) => signBundle(messages, DOMAIN, secretOf(account))

export function withdrawal(account: number, nonce: bigint, amount: bigint) {
  const message = { kind: 'WITHDRAW', account, counterAccount: 0, asset: 0, amount, nonce, expiry: NOW + 60n } as const
  const { signature } = signCashMessage(message, DOMAIN, secretOf(account))
  return { ...message, signature }
}

/** Definitions without keys: what is made of them is never proved. */
export const CIRCUITS = Object.fromEntries(
  (['trade-batch', 'cash-batch'] as const).map((name) => {
    const digest = name.padEnd(64, '0')
    return [
      name,
      { definition: requireCircuit(name), profile: 'small', digest, keyDigest: digest, memory: 1, vkey: {} },
    ]
  }),
) as unknown as BatchCircuits

/** The chain as far as it keeps roots: this one every one, by time. */
const ROOTS: RootsOfChain = {
  knownRoot: async () => ({ since: NOW, isKept: true, made: 1n }),
  relistingOf: async () => 0n,
}

export interface TradingVenueOptions extends Partial<DoorOptions> {
  readonly marginFiles?: MarginFiles
  readonly page?: Page
  readonly tls?: Tls
  /** Where the contract of a frozen venue stands; undefined: it lives. */
  readonly frozen?: () => RootsOfExit | undefined
}

/** A venue without a chain: writer, journal and gateway over a database of its own, with three traders, each with a key of his own. */
export async function tradingVenue(server: Awaited<ReturnType<typeof testServer>>, options: TradingVenueOptions = {}) {
  await using open = new AsyncDisposableStack()
  const database = open.use(await server.fresh())
  const sealer = await sealerOf(database)
  let clock = NOW * 1000n
  const journal = await Journal.lead(database, sealer, { onWritten: (leaves) => log.append(leaves) })
  const log = await VenueLog.open(database, journal, { signer: testNotes(), clock: () => clock })
  const empty = emptyState(SMALL)
  const accountOf = (index: number) => ({
    ...{ tradingKey: tradingKey(secretOf(index)), ownerCommitment: ownerCommitment(BigInt(index)) },
    ...{ viewKey: BigInt(900 + index), flaggedAt: 0n, suspended: false, nonce: 0n },
    collateral: [cashOf(index), 50n],
    positions: Array.from({ length: SMALL.markets }, () => ({ size: 0n, fundingIndex: 0n, openBuy: 0n, openSell: 0n })),
  })
  const accounts = empty.accounts.setAll([0, ...TRADERS].map((index) => [index, accountOf(index)]))
  const state = startSequencer({
    config: {
      ...{ profile: 'small', domain: DOMAIN, ...DEFAULT_PACE },
      sizes: { trade: TRADE_BATCH_SIZES.small, cash: CASH_BATCH_SIZES.small },
    },
    state: { ...empty, accounts },
    vault: [10_000_000n, 500n],
  })
  const failures: unknown[] = []
  const desk = open.use(new TradersDesk(state, { credit: () => 1000n, ...options }))
  let silence = 0
  const standing = new StandingCancels({
    store: new StandingCancelStore(database, journal, sealer),
    state: () => writer.written,
    take: (bundles) => writer.take(bundles, [], desk.door.forStanding),
    recordOf: (bundle) => desk.door.same(bundle),
    read: () => desk.feeds.accounts.topics,
    warn: (message) => failures.push(message),
    now: () => silence,
  })
  const provable = new ProvableStates()
  const side = tradersSide({
    ...{ database, desk, standing, sealer, log, domain: DOMAIN, state: () => writer.written },
    ...{ provable: () => provable.best, marginFiles: options.marginFiles },
    exits: new Exits({
      isFrozen: () => options.frozen?.() !== undefined,
      roots: async () => options.frozen!()!,
      state: () => writer.written,
      tables: () => tablesInJournal(database, sealer, journal.epoch),
    }),
    venue: {
      take: (messages) => writer.take(messages),
      takeViewKey: async () => 'KNOWN',
      takeBid: async () => ({ verdict: 'NOT_FLAGGED' }),
      status: () =>
        statusDocument({
          ...{ settlement: `0x${'5e'.repeat(20)}`, epoch: journal.epoch, state: writer.written, alerts: [] },
          credit: { messages: 1000n, retryAfter: 0n },
        }),
    },
  })
  const writer = new Writer({
    ...{ journal, state, circuits: CIRCUITS, door: desk.door },
    onReduced: (steps) => desk.feeds.hear(steps),
  })
  await writer.put([
    { kind: 'tick', clock },
    { kind: 'table', table: TABLE, relisted: 0n },
    { kind: 'book-salt', secret: 7n },
  ])
  const gateway = open.use(
    await serveGateway({
      ...{ database, ...side, page: options.page, tls: options.tls },
      onFailure: (error) => failures.push(error),
    }),
  )
  const call = async (
    method: string,
    path: string,
    { token, body }: { token?: string | undefined; body?: unknown } = {},
  ) => {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const text = typeof body === 'string' ? body : JSON.stringify(toJson(body))
    const response = await fetch(gateway.url + path, { method, headers, ...(body !== undefined && { body: text }) })
    const answer = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: answer === '' ? undefined : JSON.parse(answer),
    }
  }
  const post = (path: string, body: unknown, token?: string) => call('POST', path, { token, body })
  const challenge = async (account: number) => (await post('/v1/login/challenge', { account })).body
  const answerTo = (
    account: number,
    { challenge, expiry }: { challenge: string; expiry: string },
    secret = secretOf(account),
  ) => {
    const signature = signLogin({ challenge: BigInt(challenge), expiry: BigInt(expiry) }, DOMAIN, secret)
    return { account, challenge, expiry, signature }
  }
  const kept = open.move()
  return {
    ...{ database, sealer, log, gateway, writer, desk, standing, journal, failures, call, post, challenge, answerTo },
    client: connectVenue({ url: gateway.url }),
    session: (account: number) =>
      connectVenue({ url: gateway.url }).login({ account, privateKey: secretOf(account), domain: DOMAIN }),
    get: (path: string, token?: string) => call('GET', path, { token }),
    async login(account: number): Promise<string> {
      const { status, body } = await post('/v1/login', answerTo(account, await challenge(account)))
      assert.equal(status, 200)
      return body.token
    },
    async send(...messages: unknown[]) {
      return (await post('/v1/messages', messages)).body
    },
    put: (...records: Parameters<typeof writer.put>[0]) => writer.put(records),
    /** Lets seconds pass in which nothing is heard of traders but what they send. */
    async beSilent(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        silence += 1
        await standing.turn()
      }
    },
    /** All batches that are made are settled, and the venue knows that the chain has their roots. */
    async settle() {
      const settled = unsettled(writer.state).map(({ index, after }) => ({ index, root: stateRoot(after.state) }))
      for (const each of settled) await writer.put([{ kind: 'settled', ...each }])
      const { index: count, root } = settled.at(-1)!
      await provable.look({ count, root }, writer.written, ROOTS)
    },
    async wait(milliseconds: bigint) {
      clock += milliseconds
      await writer.put([{ kind: 'tick', clock }])
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

export type TradingVenue = Awaited<ReturnType<typeof tradingVenue>>
