import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { exampleCashBatch } from '../../circuits/cash-batch/example.ts'
import { CASH_BATCH_SIZES, cashBatch } from '../../circuits/cash-batch/index.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import { decodeCashBatch, encodeCashBatch } from '../../venue/index.ts'
import { changed, throughText } from '../support/changed-json.ts'

const SIZES = CASH_BATCH_SIZES.small
const FULL = exampleCashBatch('small', 7n)

/** The first batch of a venue: nobody is there, and no price. */
function firstBatch(): CashBatch {
  const shape = venueShape('small')
  const [{ operation: registration }] = FULL.slots as [(typeof FULL.slots)[0]]
  const vault = new Array<bigint>(shape.collaterals).fill(0n)
  const context = { ...FULL.context, riskTable: undefined, vault }
  const deposit = { kind: 'DEPOSIT', account: 3, asset: 1, amount: 5n } as const
  return applyCashBatch(emptyState(shape), [registration, deposit], context)
}

const encoded = (transition: CashBatch, profile: ProfileName = 'small') =>
  throughText(encodeCashBatch({ number: 3, transition }, profile))

suite('files of cash batches', () => {
  test('alone give the transition back: with every kind of operation, before the first table, and without a sweep', () => {
    const unswept = applyCashBatch(FULL.before, [{ kind: 'SUSPEND', account: 2 }], FULL.context)
    for (const [batch, profile] of [
      [FULL, 'small'],
      [firstBatch(), 'small'],
      [unswept, 'small'],
      [exampleCashBatch('standard', 7n), 'standard'],
    ] as const) {
      const { number, transition } = decodeCashBatch(encoded(batch, profile), profile, CASH_BATCH_SIZES[profile])
      assert.equal(number, 3)
      for (const part of ['context', 'slots', 'sweep', 'touched', 'vault'] as const) {
        assert.deepEqual(transition[part], batch[part], part)
      }
      for (const side of ['before', 'after'] as const) {
        assert.equal(stateRoot(transition[side]), stateRoot(batch[side]))
      }
    }
  })

  test('are all that the circuit needs: it makes the same inputs of them', async () => {
    for (const batch of [FULL, firstBatch()]) {
      const { statement, witness } = await cashBatch.readJob!(encoded(batch), 'small')
      const inputs = cashBatch.buildInput(statement, witness, 'small')
      assert.deepEqual(inputs, cashBatch.buildInput(statement, batch, 'small'))
    }
  })

  test('show no account that the batch does not touch', () => {
    const { before } = encoded(FULL) as { before: { accounts: { index: number; account?: unknown }[] } }
    assert.deepEqual(
      before.accounts.map(({ index, account }) => [index, account !== undefined]),
      [
        [0, true],
        [1, true],
        [2, true],
        [3, false],
      ],
    )
  })
})

const FILE = encoded(FULL)
const wrong: Record<string, [path: string, value: unknown, named: string]> = {
  'no version': ['version', undefined, 'batch.version'],
  'an unknown field': ['extra', 1, 'batch'],
  'another profile': ['profile', 'standard', 'batch.profile'],
  'a domain of 2^248': ['domain', String(1n << 248n), 'batch.domain'],
  'a timestamp as a JSON number': ['timestamp', 5, 'batch.timestamp'],
  'the number 0': ['number', 0, 'batch.number'],
  'a vault of one asset': ['vault', ['1'], 'batch.vault'],
  'a vault below zero': ['vault.0', '-1', 'batch.vault[0]'],
  'an unknown kind of operation': ['operations.0.kind', 'MINT', 'batch.operations[0].kind'],
  'an operation without a kind': ['operations.0', {}, 'batch.operations[0].kind'],
  'an operation that is none': ['operations.0', 'REGISTER', 'batch.operations[0]'],
  'the second half of a transfer': ['operations.2.kind', 'TRANSFER_IN', 'batch.operations[2].kind'],
  'a point off the curve': ['operations.0.key.x', '1', 'batch.operations[0].key'],
  'a point of small order': ['operations.0.key', { x: '0', y: '1' }, 'batch.operations[0].key'],
  'a coordinate that is no number': ['operations.0.key', { x: '0x1', y: '1' }, 'batch.operations[0].key.x'],
  'a coordinate of r': ['operations.0.key.x', String(FIELD), 'batch.operations[0].key.x'],
  'a view key in a registration': ['operations.0.viewKey', '1', 'batch.operations[0]'],
  'an amount of 2^80': ['operations.1.requested', String(1n << 80n), 'batch.operations[1].requested'],
  'an asset of 2^8': ['operations.1.asset', 256, 'batch.operations[1].asset'],
  'an account of 2^24': ['operations.1.account', 1 << 24, 'batch.operations[1].account'],
  'a transfer to nobody': ['operations.2.counterAccount', undefined, 'batch.operations[2].counterAccount'],
  'half a signature': ['operations.2.signature', { S: '1' }, 'batch.operations[2].signature.R8x'],
  'a market that does not exist': ['sweepMarket', 9, 'batch.sweepMarket'],
  'another risk table': ['riskTable.makerFeeBps', '3', 'batch.riskRoot'],
  'no risk table, and its root': ['riskTable', undefined, 'batch.riskRoot'],
  'a risk table of too few markets': ['riskTable.markets', [], 'batch.riskTable.markets'],
  'another balance': ['before.accounts.0.account.collateral.0', '1', 'batch.oldStateRoot'],
  'an account where the leaf is empty': ['before.accounts.3.account', accountOf(0), 'batch.oldStateRoot'],
  'an empty leaf where an account is': ['before.accounts.1.account', undefined, 'batch.oldStateRoot'],
  'another digest on a path': ['before.accounts.0.children.1.3', '1', 'batch.oldStateRoot'],
  'another node at the top of the tree': ['before.accountNodes.15', '1', 'batch.oldStateRoot'],
  'a node too few at the top of the tree': [
    'before.accountNodes',
    new Array(15).fill('1'),
    'batch.before.accountNodes',
  ],
  'a path too short': ['before.accounts.0.children', [], 'batch.before.accounts[0].children'],
  'an account outside the tree': ['before.accounts.0.index', 256, 'batch.before.accounts[0].index'],
  'an account of too few assets': [
    'before.accounts.0.account.collateral',
    [],
    'batch.before.accounts[0].account.collateral',
  ],
  'another book': ['before.book.book.nextSequence', '7', 'batch.oldStateRoot'],
  'other fees': ['before.book.book.fees', '7', 'batch.oldStateRoot'],
  'another new root': ['newStateRoot', '1', 'batch.newStateRoot'],
  'more deposited': ['operations.1', { kind: 'DEPOSIT', account: 2, asset: 0, amount: '1' }, 'batch.newStateRoot'],
}
function accountOf(place: number): unknown {
  return (FILE as { before: { accounts: { account: unknown }[] } }).before.accounts[place]!.account
}
for (const [name, [path, value, named]] of Object.entries(wrong)) {
  test(`the file of a cash batch with ${name} is refused, naming ${named}`, () => {
    const file = changed(FILE, path, value)
    assert.throws(() => decodeCashBatch(file, 'small', SIZES), { code: 'INPUT_INVALID', path: named })
  })
}

const unprovable: Record<string, [path: string, value: unknown, reason: string]> = {
  'a signed amount that was altered': ['operations.2.amount', '1', 'BAD_SIGNATURE'],
  'an account that the venue cannot have': ['operations.2.account', 300, 'UNKNOWN_ACCOUNT'],
  'an asset that the venue has not': ['operations.1.asset', 7, 'ASSET'],
  'one registration twice': ['operations.1', operationOf(0), 'TAKEN'],
  'more slots than a batch has': ['operations', new Array(5).fill({ kind: 'SUSPEND', account: 1 }), 'SLOTS'],
}
function operationOf(place: number): unknown {
  return (FILE as { operations: unknown[] }).operations[place]
}
for (const [name, [path, value, reason]] of Object.entries(unprovable)) {
  test(`the file of a cash batch with ${name} is refused, as BATCH_UNPROVABLE for ${reason}`, () => {
    assert.throws(
      () => decodeCashBatch(changed(FILE, path, value), 'small', SIZES),
      (error: { code: string; details: { reason: string } }) =>
        error.code === 'BATCH_UNPROVABLE' && error.details.reason === reason,
    )
  })
}

test('what is no file of a cash batch is refused, and so is one that lacks an account that an operation names', () => {
  for (const value of [null, [], 'x', 7]) {
    assert.throws(() => decodeCashBatch(value, 'small', SIZES), { code: 'INPUT_INVALID' })
  }
  const { accounts } = (FILE as { before: { accounts: unknown[] } }).before
  const missing = changed(FILE, 'before.accounts', accounts.toSpliced(2, 1))
  assert.throws(() => decodeCashBatch(missing, 'small', SIZES), { message: /leaf 2 is not among the openings/ })
})
