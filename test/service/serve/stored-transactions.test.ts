import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Transaction } from 'ethers'
import { Journal } from '../../../service/journal/journal.ts'
import { KeySigner } from '../../../service/keys/key-signer.ts'
import { Settler } from '../../../service/settler/settler.ts'
import { type StoredTransaction, signedTransaction } from '../../../service/settler/signed-transaction.ts'
import { Transactions } from '../../../service/settler/transactions.ts'
import { SETTLEMENT, settleTo, signedSettlement } from '../../support/service/signed-settlement.ts'
import { sealerOf, testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'

const OPERATOR = testKeys().operators[0]!
const FOR = { chainId: 1n, sender: OPERATOR, settlement: SETTLEMENT }
const THIEF = `0x${'13'.repeat(32)}`
const TOKEN = `0x${'aa'.repeat(20)}`
const BATCH = { batch: 1, root: 9n }
const NOTHING = { to: OPERATOR, data: '0x' }
const CAP = 500n * 10n ** 9n

describe('a stored transaction', () => {
  const isSigned = async (stored: StoredTransaction) => (await signedTransaction(stored, FOR)) !== undefined

  it('counts as what the operator signed: a settlement of what stands beside it, or a transfer of nothing', async () => {
    const settlement = await signedSettlement(BATCH)
    assert.deepEqual(await signedTransaction(settlement, FOR), settlement)
    const cancel = { ...(await signedSettlement({ batch: 0, root: 0n }, NOTHING)), batches: 0 }
    assert.deepEqual(await signedTransaction(cancel, FOR), cancel)
  })

  it('has the fees that were signed, whatever stands beside it', async () => {
    const settlement = await signedSettlement(BATCH)
    const { maxFee, priorityFee } = (await signedTransaction({ ...settlement, ...{ maxFee: 1n << 70n } }, FOR))!
    assert.deepEqual([maxFee, priorityFee], [2_000_000_000n, 1_000_000_000n])
  })

  const forgeries: Readonly<Record<string, () => Promise<StoredTransaction>>> = {
    'of another signer': () => signedSettlement(BATCH, { key: THIEF }),
    'to another contract': () => signedSettlement(BATCH, { to: TOKEN }),
    'with another call': () => signedSettlement(BATCH, { data: '0xa9059cbb' }),
    'with ether': () => signedSettlement(BATCH, { value: 1n }),
    'of another chain': () => signedSettlement(BATCH, { chainId: 2n }),
    'of another type': () =>
      signedSettlement(BATCH, { type: 0, maxFeePerGas: null, maxPriorityFeePerGas: null, gasPrice: 1n }),
    'that leads to another root': () => signedSettlement(BATCH, { data: settleTo(10n) }),
    'that settles nothing, beside a batch': () => signedSettlement(BATCH, NOTHING),
    'that settles something, beside none': () => signedSettlement({ batch: 0, root: 0n }),
    'with another nonce beside it': async () => ({ ...(await signedSettlement(BATCH)), nonce: 5n }),
    'with another hash beside it': async () => ({ ...(await signedSettlement(BATCH)), hash: `0x${'1'.repeat(64)}` }),
    'with more batches beside it': async () => ({ ...(await signedSettlement(BATCH)), batches: 2 }),
    'that is none': async () => ({ ...(await signedSettlement(BATCH)), raw: '0x' }),
  }
  for (const [what, forge] of Object.entries(forgeries)) {
    it(`${what} does not count`, async () => assert.equal(await isSigned(await forge()), false))
  }
})

describe('the settler', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** A settler on a chain that has used nonces below 4, and takes nothing into a block. */
  async function settling() {
    const open = new AsyncDisposableStack()
    const database = open.use(await server.fresh())
    const journal = await Journal.lead(database, await sealerOf(database))
    const sent: Transaction[] = []
    const provider = {
      getTransactionCount: async () => 4,
      getFeeData: async () => ({ maxFeePerGas: 3n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n, gasPrice: null }),
      broadcastTransaction: async (raw: string) => void sent.push(Transaction.from(raw)),
      getTransactionReceipt: async () => null,
    }
    const transactions = new Transactions(database, journal, FOR)
    const wallet = new KeySigner(testKeys(), OPERATOR, provider as never)
    const at = { chainId: 1n, address: SETTLEMENT } as never
    const settler = new Settler({ transactions, wallet, at, fromBlock: 0, anchor: async () => '0x' })
    const turn = (line: readonly { readonly index: number; readonly root: bigint; readonly isProved: boolean }[]) =>
      settler.turn({
        ...{ feeCap: CAP, line, isRewindDue: false, isStopped: false },
        ...{ proofsOf: async () => [], beforeSending: async () => undefined },
      })
    return { database, transactions, sent, turn, [Symbol.asyncDispose]: () => open.disposeAsync() }
  }
  const WANTED = [{ index: 1, root: 9n, isProved: true }]
  const age = "UPDATE settlement_tx SET stored_at = stored_at - interval '61 s'"

  it('signs nothing that somebody wrote into the database, and says so', async () => {
    await using given = await settling()
    const { database, transactions, sent, turn } = given
    await transactions.store(await signedSettlement(BATCH))
    await database.query(age)
    const { raw } = await signedSettlement(BATCH, { key: THIEF, to: TOKEN, data: '0xa9059cbb', nonce: 0 })
    await database.query('UPDATE settlement_tx SET raw = $1', [raw])
    const tampered = { code: 'SEAL_BROKEN', message: /somebody wrote to the database/ }
    await assert.rejects(turn(WANTED), tampered)
    await assert.rejects(turn([]), tampered)
    assert.deepEqual(sent, [])
    // Nor one of a nonce that the chain has used.
    await database.query('UPDATE settlement_tx SET nonce = 3')
    await assert.rejects(turn(WANTED), tampered)
  })

  it('pays no more than the cap for taking a nonce away, whatever is stored', async () => {
    await using given = await settling()
    const { transactions, sent, turn } = given
    await transactions.store(await signedSettlement(BATCH))
    await turn([])
    assert.deepEqual([sent.at(-1)!.to, sent.at(-1)!.data, sent.at(-1)!.value], [OPERATOR, '0x', 0n])
    assert.equal(sent.at(-1)!.maxFeePerGas, 3n * 10n ** 9n)
  })

  it('sends again what costs as much as the cap allows', async () => {
    await using given = await settling()
    const { transactions, sent, turn } = given
    const dear = await signedSettlement(BATCH, { maxFeePerGas: CAP, maxPriorityFeePerGas: 1n })
    await transactions.store(dear)
    await turn([])
    assert.equal(sent.at(-1)!.hash, dear.hash)
  })

  it('replaces what was signed by the same at a fee an eighth higher', async () => {
    await using given = await settling()
    const { database, transactions, sent, turn } = given
    const first = await signedSettlement(BATCH)
    await transactions.store(first)
    await database.query(age)
    await turn(WANTED)
    const { to, data, maxPriorityFeePerGas } = sent.at(-1)!
    assert.deepEqual([to!.toLowerCase(), data], [SETTLEMENT, settleTo(9n)])
    assert.equal(maxPriorityFeePerGas, 1_125_000_001n)
  })
})
