import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonText } from '../../cli/json-text.ts'
import { openOutputDirectory } from '../../cli/output-directory.ts'
import { readState } from '../../cli/venue-files.ts'
import { makeAccount, richState } from '../../lab/instances/model.ts'
import { EMPTY_POSITION } from '../../protocol/account.ts'
import { venueShape } from '../../protocol/shape.ts'
import { emptyState, openInterestOf, type State, stateRoot } from '../../protocol/state.ts'
import { decodeState, decodeStateLines, encodeState, stateText } from '../../venue/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SHAPE = venueShape('small')
const text = (state: State) => [...stateText(state, 'small')].join('')
const linesOf = (state: State) => text(state).split('\n').slice(0, -1)
const read = (lines: readonly string[]) => decodeStateLines(lines, 'small')

/** A state of those accounts: each holds `size` lots in one market and `cash`. */
function stateOf(holdings: ReadonlyMap<number, readonly [market: number, size: bigint, cash: bigint]>): State {
  const accounts = [...holdings].map(([index, [market, size, cash]]) => {
    return [index, makeAccount(SHAPE, { cash, positions: { [market]: { size } } })] as const
  })
  const state = emptyState(SHAPE)
  const openInterest = openInterestOf(
    accounts.map(([, account]) => account),
    SHAPE,
  )
  return { ...state, accounts: state.accounts.setAll(accounts), openInterest }
}

const holdings = fc
  .array(fc.tuple(fc.nat(255), fc.tuple(fc.nat(3), fc.bigInt(-9n, 9n), fc.bigInt(-99n, 99n))), { maxLength: 12 })
  .map((list) => stateOf(new Map(list)))

test('a state comes back from its text line by line, and from the document that the text is', async () => {
  await fc.assert(
    fc.asyncProperty(holdings, async (state) => {
      const document: unknown = JSON.parse(text(state))
      assert.deepEqual(document, JSON.parse(JSON.stringify(encodeState(state, 'small'))))
      for (const back of [await read(linesOf(state)), decodeState(document, 'small')]) {
        assert.equal(stateRoot(back), stateRoot(state))
        assert.deepEqual([...back.accounts.entries()], [...state.accounts.entries()])
        assert.deepEqual(back.openInterest, state.openInterest)
      }
    }),
    { numRuns: 30 },
  )
})

test('an account takes a line of what it has, and empty positions are shared', async () => {
  const state = stateOf(
    new Map([
      [3, [2, 5n, 7n]],
      [9, [0, 0n, 7n]],
    ]),
  )
  const lines = linesOf(state)
  assert.equal(lines.length, 4)
  assert.match(lines[1]!, /"positions":\[\{"market":2,"size":"5","fundingIndex":"0","openBuy":"0","openSell":"0"\}\]/)
  assert.match(lines[2]!, /"positions":\[\]/)
  const back = await read(lines)
  assert.ok(back.accounts.get(9)!.positions.every((position) => position === EMPTY_POSITION))
})

test('a file that was cut short, joined or turned around is refused at its line', async () => {
  const lines = linesOf(richState(SHAPE, 5))
  for (let end = 0; end < lines.length; end++) {
    await assert.rejects(
      read(lines.slice(0, end)),
      { code: 'INPUT_INVALID', message: /it is not whole/ },
      `${end} lines`,
    )
  }
  const refused = (changed: readonly string[], message: RegExp) =>
    assert.rejects(read(changed), { code: 'INPUT_INVALID', message })
  await refused([...lines, ...lines.slice(1)], /accounts\[5\]: is on a line that does not follow/)
  await refused([...lines, ''], /does not follow/)
  await refused(lines.with(2, lines[2]!.slice(0, -1)), /accounts\[2\]: is on a line that does not follow/)
  await refused(lines.with(2, `${lines[2]!.slice(0, -9)},`), /accounts\[1\]: is not JSON/)
  await refused(lines.with(5, `${lines[5]!},`), /accounts\[5\]: is not JSON/)
  await refused(lines.with(2, lines[1]!), /accounts\[1\]\.index: 1 is listed twice/)
  await refused(lines.with(2, ''), /accounts\[1\]: is not JSON/)
  await refused([lines[0]!, ...lines.slice(2)], /stateRoot: is not the root/)
  await refused(lines.with(0, lines[0]!.replace('"version":2', '"version":1')), /version: must be 1 or 2/)
  await refused(lines.slice(1), /state: must begin with a line/)
  await refused(
    lines.with(2, lines[2]!.replace('"nonce":"0"', '"nonce":"0","nonce":"1"')),
    /accounts\[1\]: is not JSON/,
  )
})

test('accounts whose leaves are worked out while others are read are those of the file, and a fault ends the reading', async () => {
  const shape = venueShape('standard')
  const accounts = Array.from({ length: 5000 }, (_, i) => {
    return [i + 1, makeAccount(shape, { cash: BigInt(i), positions: { [i % 16]: { openBuy: 3n } } })] as const
  })
  const state = { ...emptyState(shape), accounts: emptyState(shape).accounts.setAll(accounts) }
  const lines = [...stateText(state, 'standard')].join('').split('\n').slice(0, -1)
  const readStandard = (changed: readonly string[]) => decodeStateLines(changed, 'standard')
  assert.equal(stateRoot(await readStandard(lines)), stateRoot(state))
  const richer = lines.with(7, lines[7]!.replace('"collateral":["6"', '"collateral":["7"'))
  await assert.rejects(readStandard(richer), { code: 'INPUT_INVALID', message: /stateRoot: is not the root/ })
  await assert.rejects(readStandard(lines.with(4500, '{')), { code: 'INPUT_INVALID', path: 'state.accounts[4499]' })
})

test('commands read either version, on one line an account or not, and write what nobody else may read', async () => {
  await using folder = await temporaryDirectory()
  const state = richState(SHAPE, 6)
  const books = [...state.books.entries()].map(([, book]) => book)
  const accounts = [...state.accounts.entries()].map(([index, account]) => ({ index, ...account }))
  const texts = {
    first: jsonText({ version: 1, profile: 'small', stateRoot: stateRoot(state), accounts, books }),
    lines: text(state),
    pretty: jsonText(encodeState(state, 'small')),
  }
  for (const [name, content] of Object.entries(texts)) {
    await writeFile(folder.file(name), content)
    assert.equal(stateRoot(await readState(folder.file(name), 'small')), stateRoot(state), name)
  }
  const bad = { cut: texts.lines.slice(0, -20), latin: Buffer.from([0x7b, 0xff]), empty: '', other: '{"version":2}' }
  for (const [name, content] of Object.entries(bad)) {
    await writeFile(folder.file(name), content)
    const refused = { code: 'INPUT_INVALID', message: new RegExp(folder.file(name)) }
    await assert.rejects(readState(folder.file(name), 'small'), refused, name)
  }
  await assert.rejects(readState(folder.file('missing'), 'small'), { code: 'FILE_UNREADABLE' })

  await using out = await openOutputDirectory(folder.file('out'), { secret: true })
  await out.write('state.json', stateText(state, 'small'))
  await out.commit()
  assert.equal(await readFile(folder.file('out/state.json'), 'utf8'), texts.lines)
  assert.equal((await stat(folder.file('out/state.json'))).mode & 0o777, 0o600)
})
