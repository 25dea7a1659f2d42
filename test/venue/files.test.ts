import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DOMAIN,
  LATER,
  makeAccount,
  makeContext,
  makeState,
  makeTable,
  NO_SIGNATURES,
  NOW,
  order,
  PRIVATE_KEY,
  SMALL,
} from '../../lab/instances/model.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { signBundle } from '../../protocol/signature.ts'
import { packSlot, priority } from '../../protocol/slot.ts'
import { genesisState, type State, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch, applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { openingsOf } from '../../venue/files/openings.ts'
import { toJson } from '../../venue/files/schema.ts'
import {
  decodeGenesis,
  decodeKeys,
  decodeRiskTable,
  decodeState,
  decodeTradeBatch,
  decodeViewKeys,
  encodeGenesis,
  encodeKeys,
  encodeRiskTable,
  encodeState,
  encodeTradeBatch,
  encodeViewKeys,
  FlowReplay,
  generateFlow,
  sampleVenue,
} from '../../venue/index.ts'
import { changed, throughText } from '../support/changed-json.ts'

const venue = sampleVenue({ shape: SMALL, seed: 1n, asOf: NOW })
const keys = new Map([...venue.secrets].map(([index, { privateKey }]) => [index, privateKey]))
const replay = new FlowReplay({
  state: genesisState(venue.genesis, SMALL),
  riskTable: venue.riskTable,
  domain: DOMAIN,
  sizes: SMALL,
  keys,
})
const batches = [...replay.run(generateFlow({ venue, seed: 1n, messages: 24 }))]
const carrying = batches.find(({ transition }) => transition.after.books.get(0)!.hand !== undefined)!
const CARRIED = batches[carrying.number]!

test('genesis, risk table, keys and state come back from their files as they were', () => {
  assert.deepEqual(decodeGenesis(throughText(encodeGenesis(venue.genesis, 'small')), 'small'), venue.genesis)
  assert.deepEqual(decodeRiskTable(throughText(encodeRiskTable(venue.riskTable, 'small')), 'small'), venue.riskTable)
  assert.deepEqual(decodeKeys(throughText(encodeKeys(venue.secrets, 'public demonstration keys'))), venue.secrets)
  for (const state of [replay.state, carrying.transition.after]) {
    const back = decodeState(throughText(encodeState(state, 'small')), 'small')
    assert.equal(stateRoot(back), stateRoot(state))
    assert.deepEqual([...back.accounts.entries()], [...state.accounts.entries()])
    assert.deepEqual([...back.books.entries()], [...state.books.entries()])
    assert.deepEqual(back.openInterest, state.openInterest)
  }
})

test('a batch file alone gives the transition back, a carried order included', () => {
  for (const batch of [batches[0]!, carrying, CARRIED]) {
    const { number, transition } = decodeTradeBatch(throughText(encodeTradeBatch(batch, 'small')), 'small', SMALL)
    assert.equal(number, batch.number)
    assert.deepEqual(transition.bundles, batch.transition.bundles)
    assert.deepEqual(transition.steps, batch.transition.steps)
    assert.deepEqual(transition.touched, batch.transition.touched)
    assert.deepEqual(transition.context, batch.transition.context)
    for (const side of ['before', 'after'] as const) {
      assert.equal(stateRoot(transition[side]), stateRoot(batch.transition[side]))
    }
    for (const { index } of transition.touched) {
      assert.deepEqual(transition.before.accounts.path(index), batch.transition.before.accounts.path(index))
    }
  }
})

test('a batch file shows no account that the batch does not touch', () => {
  const { before } = throughText(encodeTradeBatch(CARRIED, 'small')) as { before: { accounts: { index: number }[] } }
  assert.deepEqual(
    before.accounts.map(({ index }) => index),
    CARRIED.transition.touched.map(({ index }) => index),
  )
})

test('a batch file keeps whether positions could only be closed', () => {
  const accounts = { 1: makeAccount(SMALL, { positions: { 0: { size: -40n } } }) }
  const rich = Object.fromEntries([2, 3, 4, 5].map((index) => [index, makeAccount(SMALL)]))
  const asks = [2, 3, 4, 5].map((index) => order(index, 1n, { side: 'sell' }))
  const context = makeContext(SMALL)
  const before = asks.reduce(
    (state, ask) => applyTradeBatchUnchecked(state, [ask], context, NO_SIGNATURES).after,
    makeState(SMALL, { ...accounts, ...rich }),
  )
  const bid = signBundle(order(1, 1n, { size: 40n }).messages, DOMAIN, PRIVATE_KEY)
  const closing = applyTradeBatch(before, [bid], { ...context, closingOnly: true })
  // the file does not hold account 5, whose order is the next head
  assert.deepEqual([closing.steps.length, closing.after.books.get(0)!.asks.length], [3, 1])
  const batch = { number: 1, transition: closing }
  const { transition } = decodeTradeBatch(throughText(encodeTradeBatch(batch, 'small')), 'small', SMALL)
  assert.deepEqual([transition.context, transition.steps], [closing.context, closing.steps])
})

const BATCH = throughText(encodeTradeBatch(batches[0]!, 'small'))
const wrongBatches: Record<string, [path: string, value: unknown, named: string]> = {
  'no version': ['version', undefined, 'batch.version'],
  'an unknown field': ['extra', 1, 'batch'],
  'another profile': ['profile', 'standard', 'batch.profile'],
  'a domain of r': [
    'domain',
    '21888242871839275222246405745257275088548364400416034343698204186575808495617',
    'batch.domain',
  ],
  'a timestamp as a JSON number': ['timestamp', 5, 'batch.timestamp'],
  'a timestamp in hex': ['timestamp', '0x5', 'batch.timestamp'],
  'a timestamp of minus zero': ['timestamp', '-0', 'batch.timestamp'],
  'a market that does not exist': ['market', 9, 'batch.market'],
  'a price of 2^48': ['bundles.0.messages.0.price', String(2 ** 48), 'batch.bundles[0].messages[0].price'],
  'an unknown kind of message': ['bundles.0.messages.0.kind', 'replace', 'batch.bundles[0].messages[0].kind'],
  'another risk table': ['riskTable.makerFeeBps', '3', 'batch.riskRoot'],
  'a risk table of too few markets': ['riskTable.markets', [], 'batch.riskTable.markets'],
  'another balance': ['before.accounts.0.account.collateral.0', '1', 'batch.oldStateRoot'],
  'an empty leaf where an account is': ['before.accounts.0.account', undefined, 'batch.oldStateRoot'],
  'another digest on a path': ['before.accounts.0.children.1.3', '1', 'batch.oldStateRoot'],
  'another node at the top of the tree': ['before.accountNodes.15', '1', 'batch.oldStateRoot'],
  'a node too few at the top of the tree': [
    'before.accountNodes',
    new Array(15).fill('1'),
    'batch.before.accountNodes',
  ],
  'a path too short': ['before.accounts.0.children', [], 'batch.before.accounts[0].children'],
  'an account outside the tree': ['before.accounts.0.index', 256, 'batch.before.accounts[0].index'],
  'another book': ['before.book.book.nextSequence', '7', 'batch.oldStateRoot'],
  'a window out of order': ['before.book.book.bids', ['9', '8'], 'batch.before.book.book.bids[1]'],
  'another new root': ['newStateRoot', '1', 'batch.newStateRoot'],
}
for (const [name, [path, value, named]] of Object.entries(wrongBatches)) {
  test(`a batch file with ${name} is refused, naming ${named}`, () => {
    assert.throws(() => decodeTradeBatch(changed(BATCH, path, value), 'small', SMALL), {
      code: 'INPUT_INVALID',
      path: named,
    })
  })
}

test('a batch file whose message was altered, or whose account was left out, is refused', () => {
  const altered = changed(BATCH, 'bundles.0.messages.0.size', '29')
  assert.throws(() => decodeTradeBatch(altered, 'small', SMALL), { code: 'MESSAGE_REFUSED' })
  const accounts = (BATCH as { before: { accounts: unknown[] } }).before.accounts
  const missing = changed(BATCH, 'before.accounts', accounts.slice(1))
  assert.throws(() => decodeTradeBatch(missing, 'small', SMALL), { code: 'INPUT_INVALID' })
})

test('a batch file in whose book an order of nobody stands is refused, though its roots agree', () => {
  const ask = packSlot({ priority: priority('sell', 1000n), sequence: 0n, account: 77, expiry: LATER, size: 5n })
  const state = makeState(SMALL, { 1: makeAccount(SMALL) }, { 0: { asks: [ask], nextSequence: 1n, salt: 4n } })
  const { messages } = order(1, 1n, { size: 5n })
  const file = toJson({
    ...(BATCH as object),
    ...{ timestamp: NOW, domain: DOMAIN, newSalt: undefined, riskTable: makeTable(SMALL) },
    ...{ riskRoot: hashRiskTable(makeTable(SMALL)), oldStateRoot: stateRoot(state) },
    bundles: [signBundle(messages, DOMAIN, PRIVATE_KEY)],
    before: openingsOf(state, [1, 77], 0),
  })
  assert.throws(() => decodeTradeBatch(throughText(file), 'small', SMALL), {
    code: 'INPUT_INVALID',
    message: /order of account 77, which does not exist/,
  })
})

const NO_POSITION = { size: '0', fundingIndex: '0', openBuy: '0', openSell: '0' }

/** A state as files held it first. */
function firstVersion(state: State): unknown {
  const accounts = [...state.accounts.entries()].map(([index, account]) => ({ index, ...account }))
  const books = [...state.books.entries()].map(([, book]) => book)
  return throughText(toJson({ version: 1, profile: 'small', stateRoot: stateRoot(state), accounts, books }))
}

test('state files of the first version, with every position, are read as they were', () => {
  for (const state of [replay.state, carrying.transition.after]) {
    const file = firstVersion(state)
    const back = decodeState(file, 'small')
    assert.equal(stateRoot(back), stateRoot(state))
    assert.deepEqual([...back.accounts.entries()], [...state.accounts.entries()])
    assert.deepEqual([...back.books.entries()], [...state.books.entries()])
    assert.deepEqual(back.openInterest, state.openInterest)
  }
  const file = firstVersion(replay.state)
  const refused = (path: string, value: unknown, named: string) =>
    assert.throws(() => decodeState(changed(file, path, value), 'small'), { code: 'INPUT_INVALID', path: named })
  refused('accounts.0.positions', [], 'state.accounts[0].positions')
  refused('accounts.0.positions.0.size', '9', 'state.stateRoot')
  refused('accounts.1.index', 1, 'state.accounts[1].index')
})

test('state files that contradict themselves are refused', () => {
  const state = throughText(encodeState(replay.state, 'small'))
  const refused = (path: string, value: unknown, named: string) =>
    assert.throws(() => decodeState(changed(state, path, value), 'small'), { code: 'INPUT_INVALID', path: named })
  refused('stateRoot', '1', 'state.stateRoot')
  refused('accounts.0.collateral.0', '1', 'state.stateRoot')
  refused('accounts.1.index', 1, 'state.accounts[1].index')
  refused('accounts.0.index', 256, 'state.accounts[0].index')
  refused('accounts.0.collateral', [], 'state.accounts[0].collateral')
  refused('accounts.0.positions', [{ market: 4, ...NO_POSITION }], 'state.accounts[0].positions[0].market')
  refused(
    'accounts.0.positions',
    [1, 1].map((market) => ({ market, ...NO_POSITION })),
    'state.accounts[0].positions[1].market',
  )
  refused('version', 3, 'state.version')
  refused('books', [], 'state.books')
  refused(
    'books.0.bids',
    Array.from({ length: 9 }, (_, i) => String(i)),
    'state.books[0].bids',
  )
})

test('genesis and risk files name the field that is wrong, with their own codes', () => {
  const genesis = encodeGenesis(venue.genesis, 'small')
  const risk = encodeRiskTable(venue.riskTable, 'small')
  assert.throws(() => decodeGenesis(changed(genesis, 'accounts.3.ownerCommitment', 'x'), 'small'), {
    code: 'GENESIS_INVALID',
    path: 'genesis.accounts[3].ownerCommitment',
  })
  assert.throws(() => decodeGenesis(genesis, 'standard'), { code: 'GENESIS_INVALID', path: 'genesis.profile' })
  assert.throws(() => decodeRiskTable(changed(risk, 'markets.1.band', '-1'), 'small'), {
    code: 'RISK_TABLE_INVALID',
    path: 'risk.markets[1].band',
  })
  for (const [path, advice] of Object.entries({
    'markets[1].phase': /is missing: add "phase": "0" \(open\)/,
    'markets[1].largeLots': /is missing: .*"largeLots": "0", "largeRisk": "0"/,
    'markets[1].largeRisk': /is missing: .*"largeLots": "0", "largeRisk": "0"/,
    memory: /is missing: add "memory": "0"/,
  })) {
    const older = changed(risk, path.replace('[1]', '.1'), undefined)
    const named = { code: 'RISK_TABLE_INVALID', path: `risk.${path}`, message: advice }
    assert.throws(() => decodeRiskTable(older, 'small'), named)
  }
  for (const value of [null, [], 'x', 7]) {
    assert.throws(() => decodeGenesis(value, 'small'), { code: 'GENESIS_INVALID' })
    assert.throws(() => decodeRiskTable(value, 'small'), { code: 'RISK_TABLE_INVALID' })
    assert.throws(() => decodeState(value, 'small'), { code: 'INPUT_INVALID' })
    assert.throws(() => decodeTradeBatch(value, 'small', SMALL), { code: 'INPUT_INVALID' })
    assert.throws(() => decodeKeys(value), { code: 'INPUT_INVALID' })
  }
})

test('view keys come back from a file of them alone, and from a keys file', () => {
  const viewKeys = new Map([...venue.secrets].map(([index, { viewKey }]) => [index, viewKey]))
  assert.deepEqual(decodeViewKeys(throughText(encodeViewKeys(viewKeys, 'for the venue'))), viewKeys)
  assert.deepEqual(decodeViewKeys(throughText(encodeKeys(venue.secrets))), viewKeys)
  assert.doesNotMatch(JSON.stringify(encodeViewKeys(viewKeys)), /privateKey|ownerSecret/)
})

test('a keys file that is wrong is refused without a word of what it holds', () => {
  const file = encodeKeys(venue.secrets)
  for (const [path, value] of [
    ['accounts.0.privateKey', 'f00df00d'],
    ['accounts.0.ownerSecret', 'f00df00d'],
    ['accounts.0.index', 'f00df00d'],
    ['accounts.1.index', 1],
  ] as const) {
    for (const decode of [decodeKeys, decodeViewKeys]) {
      assert.throws(
        () => decode(changed(file, path, value)),
        (error: Error & { code: string; path: string }) => {
          assert.equal(error.code, 'INPUT_INVALID')
          assert.match(error.path, /^keys\.accounts\[[01]\]/)
          assert.doesNotMatch(error.message, /f00d/)
          return true
        },
      )
    }
  }
})
