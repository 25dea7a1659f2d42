import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { exit, exitStatement, exitWitness } from '../../circuits/exit/index.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../lab/instances/model.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { marketsRoot, stateRoot } from '../../protocol/state.ts'
import { decodeExit, type ExitDocument, encodeExit } from '../../venue/index.ts'
import { CASH_DOMAIN, CashVenue, viewKeyOf } from '../support/cash-venue.ts'
import { changed, throughText } from '../support/changed-json.ts'

const TABLE = makeTable(SMALL)
const INDEX = 6
const owing = makeAccount(SMALL, { cash: -5_000n, others: [9_000n], positions: { 1: { size: 3n, fundingIndex: 7n } } })
const flat = makeAccount(SMALL, { cash: 7n, others: [8n], positions: { 0: { openSell: 4n } } })

function exitOf(account: typeof owing, riskTable: typeof TABLE | undefined): ExitDocument {
  const state = makeState(SMALL, { 5: makeAccount(SMALL), [INDEX]: account })
  const { children } = state.accounts.path(INDEX)
  const roots = { stateRoot: stateRoot(state), marketsRoot: marketsRoot(state), riskRoot: hashRiskTable(TABLE) }
  return { domain: 77n, ...roots, index: INDEX, account, children, riskTable }
}

suite('exit files', () => {
  test('give back what they were made from, with a table or without one', () => {
    for (const document of [exitOf(owing, TABLE), exitOf(flat, TABLE), exitOf(flat, undefined)]) {
      assert.deepEqual(decodeExit(throughText(encodeExit(document, 'small')), 'small'), document)
    }
  })

  test('are read by the circuit as the statement and witness of the state that they come from', async () => {
    const state = makeState(SMALL, { 5: makeAccount(SMALL), [INDEX]: owing })
    const witness = exitWitness(state, INDEX, TABLE)
    const file = throughText(encodeExit(exitOf(owing, TABLE), 'small'))
    const job = await exit.readJob!(file, 'small')
    assert.deepEqual(job, { statement: exitStatement(state, INDEX, witness, { domain: 77n }), witness })
  })

  test('are written from what a recovery yields, and nothing that it does not need comes in', async () => {
    const venue = new CashVenue(1n)
    const recovery = new Recovery({
      shape: SMALL,
      domain: CASH_DOMAIN,
      account: { index: 2, viewKey: viewKeyOf(2) },
    })
    for (const publish of venue.published) recovery.take(publish())
    const terms = { domain: CASH_DOMAIN, riskRoot: 0n, riskTable: undefined }
    const file = throughText(encodeExit({ ...recovery.recovered(), ...terms }, 'small'))
    const { statement } = await exit.readJob!(file, 'small')
    assert.equal(statement.stateRoot, stateRoot(venue.state))
    assert.deepEqual(statement.claim, venue.state.accounts.get(2)!.collateral)
    assert.ok(!('accountsRoot' in (file as object)))
  })
})

const FILE = throughText(encodeExit(exitOf(owing, TABLE), 'small'))
const wrong: Record<string, [path: string, value: unknown, named: string]> = {
  'no version': ['version', undefined, 'exit.version'],
  'an unknown field': ['extra', 1, 'exit'],
  'another profile': ['profile', 'standard', 'exit.profile'],
  'a domain of 2^248': ['domain', String(1n << 248n), 'exit.domain'],
  'a state root of r': ['stateRoot', String(FIELD), 'exit.stateRoot'],
  'another state root': ['stateRoot', '1', 'exit.stateRoot'],
  'an index as text': ['index', '6', 'exit.index'],
  'another index': ['index', 7, 'exit.stateRoot'],
  'an index outside the tree': ['index', 256, 'exit.index'],
  'more cash': ['account.collateral.0', '5000', 'exit.stateRoot'],
  'cash of 2^80': ['account.collateral.0', String(1n << 80n), 'exit.account.collateral[0]'],
  'one asset too few': ['account.collateral', ['1'], 'exit.account.collateral'],
  'no positions': ['account.positions', [], 'exit.account.positions'],
  'no account': ['account', undefined, 'exit.account'],
  'a path too short': ['children', [], 'exit.children'],
  'a path too long for any venue': ['children', new Array(25).fill(['0', '0', '0', '0']), 'exit.children'],
  'three digests beside each other': ['children.0', ['0', '0', '0'], 'exit.children[0]'],
  'no path': ['children', null, 'exit.children'],
  'another digest on the path': ['children.3.3', '1', 'exit.stateRoot'],
  'another root of the markets': ['marketsRoot', '1', 'exit.stateRoot'],
  'no table, though the account owes': ['riskTable', undefined, 'exit.riskTable'],
  'another table': ['riskTable.makerFeeBps', '3', 'exit.riskRoot'],
  'a table of too few markets': ['riskTable.markets', [], 'exit.riskTable.markets'],
  'the root of no table': ['riskRoot', '0', 'exit.riskRoot'],
}
for (const [name, [path, value, named]] of Object.entries(wrong)) {
  test(`an exit file with ${name} is refused, naming ${named}`, () => {
    assert.throws(() => decodeExit(changed(FILE, path, value), 'small'), { code: 'INPUT_INVALID', path: named })
  })
}

test('what is no exit file is refused, without a word of what it holds', () => {
  for (const value of [null, [], 'f00df00d', 7, { ...(FILE as object), account: 'f00df00d' }]) {
    assert.throws(
      () => decodeExit(value, 'small'),
      (error: Error & { code: string }) => error.code === 'INPUT_INVALID' && !error.message.includes('f00d'),
    )
  }
})
