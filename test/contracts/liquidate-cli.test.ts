import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, beforeEach, describe, it } from 'mocha'
import { CASH_BATCH_SIZES } from '../../circuits/cash-batch/index.ts'
import { jsonText } from '../../cli/json-text.ts'
import { cashData, packCashData } from '../../protocol/cash-batch/words.ts'
import { portfolioOf } from '../../protocol/portfolio.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import { stateRoot } from '../../protocol/state.ts'
import { leastPrice } from '../../protocol/takeover/auction.ts'
import { heldBy } from '../../protocol/takeover/bid.ts'
import { packTakeoverData, takeoverData } from '../../protocol/takeover/words.ts'
import { publishedBatches } from '../../settlement/index.ts'
import { decodeBid, decodeCashBatch, decodeState, decodeTakeover, encodeKeys, encodeState } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { createModelledVenue, LOTS, type ModelledVenue, SHAPE, VIEW_KEY } from '../support/contracts/modelled-venue.ts'
import { serveChain } from '../support/contracts/serve-chain.ts'
import { CASH, TAKEOVER } from '../support/contracts/settlement.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MARK = 1_250n
/** Quanta that the house pays in an hour at most. */
const PER_HOUR = 20_000n
const FOREVER = String((1n << 40n) - 1n)

/** What `find` and `auction` say of an account. */
interface Shown {
  readonly account: number
  readonly missing?: string
  readonly fair: string
  readonly risk: string
  readonly refusal?: string | null
  readonly offer?: Shown | null
  readonly opens: string
  readonly closes: string
  readonly least: string | null
  readonly held: string
  readonly portfolio: { readonly collateral: string[]; readonly positions: { size: string; fundingIndex: string }[] }
  readonly schedule: readonly { readonly time: string; readonly price: string }[]
}

/** Account 1 is alice's, short and below maintenance after a jump; account 2 is bob's, long against her. Proofs are a stub's. */
describe('liquidating by commands', () => {
  let venue: ModelledVenue
  let reset: () => Promise<void>
  let served: Awaited<ReturnType<typeof serveChain>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  const open = new AsyncDisposableStack()
  after(() => open.disposeAsync())
  before(async () => {
    venue = await createModelledVenue({ coverPerHour: PER_HOUR })
    await venue.open()
    await venue.requestWithdrawal(venue.signers.alice, 1, 0, 2n * LOTS)
    // Alice takes out all that initial margin leaves.
    await venue.cash([{ kind: 'FORCED', account: 1, asset: 0, requested: 2n * LOTS }])
    await pass(200n)
    await pass(900n) // until markets have cooled down
    reset = await venue.snapshot()
    served = open.use(await serveChain(venue.ethers.provider))
  })
  beforeEach(async () => {
    await reset()
    folder = open.use(await temporaryDirectory())
    const secrets = [1, 2].map((account) => {
      return [
        account,
        { privateKey: new Uint8Array(32).fill(account + 1), ownerSecret: 1n, viewKey: VIEW_KEY },
      ] as const
    })
    await writeFile(folder.file('keys.json'), jsonText(encodeKeys(new Map(secrets))))
    await keep()
  })

  const pass = async (seconds: bigint, mark = MARK) => {
    await venue.networkHelpers.time.increase(seconds)
    await venue.reprice(mark)
  }
  const keep = () => writeFile(folder.file('state.json'), jsonText(encodeState(venue.state(), 'small')))
  const flag = async () => {
    await venue.cash([{ kind: 'FLAG', account: 1 }])
    await keep()
  }
  const there = () => ['--rpc', served.url, '--settlement', venue.settlement.target as string]
  const run = (args: readonly string[]) => zkclear(['liquidate', ...args, ...there()], { cwd: folder.file('.') })
  const does = async (...args: readonly string[]) => {
    const result = await run([...args, '--json'])
    assert.equal(result.code, 0, result.stderr)
    return documentOf(result)
  }
  const refuses = async (args: readonly string[], code: string, path?: string) => {
    const result = await run([...args, '--json'])
    const error = errorOf(result)
    assert.deepEqual([result.stdout, error.code, error.path], ['', code, path], error.message)
    return { ...error, exit: result.code }
  }
  const find = async () => (await does('find', '--state', 'state.json')).accounts as Shown[]
  const auctions = async () => (await does('auction')).auctions as Shown[]
  const bid = (price: bigint, out: string, ...more: readonly string[]) =>
    does(
      ...['bid', '--keys', 'keys.json', '--account', '2', '--victim', '1', `--price=${price}`],
      ...['--nonce', '99', '--expiry', FOREVER, '--out', out, ...more],
    )
  const read = async (name: string) => JSON.parse(await readFile(folder.file(name), 'utf8'))

  it('finds who is below maintenance, and says how to flag it; once flagged, from when and for how much it is to be had', async () => {
    assert.deepEqual((await does('auction')).auctions, [])
    const [below, ...others] = await find()
    assert.deepEqual([below!.account, below!.refusal, below!.offer, others], [1, null, null, []])
    assert.ok(BigInt(below!.missing!) > 0n)
    const text = await run(['find', '--state', 'state.json'])
    assert.match(text.stdout, /can be flagged/)
    assert.match(text.stdout, /zkclear liquidate flag --account 1 /)

    await flag()
    const { flaggedAt } = venue.state().accounts.get(1)!
    const [flagged] = await find()
    assert.deepEqual([flagged!.refusal, flagged!.offer!.least], ['FLAGGED', null])
    assert.deepEqual(
      [BigInt(flagged!.offer!.opens), BigInt(flagged!.offer!.closes)],
      [flaggedAt + 900n, flaggedAt + 2_700n],
    )
    await pass(900n)
    const alice = venue.state().accounts.get(1)!
    const { timestamp, accounts } = await does('find', '--state', 'state.json')
    const [open] = accounts as Shown[]
    const elapsed = BigInt(timestamp as string) - flaggedAt - 900n
    assert.equal(BigInt(open!.offer!.least!), leastPrice(alice, venue.table(), elapsed))
    const later = await run(['find', '--state', 'state.json'])
    assert.match(later.stdout, /to be had for -?\d+ until/)
  })

  it('flags all that can be flagged, or those that are named, in batches that the contract takes, and says why it leaves one out', async () => {
    const state = ['--state', 'state.json']
    const none = await refuses(['flag', '--account', '2', '0', ...state, '--out', 'none'], 'BATCH_UNPROVABLE')
    const leftOut = (refused: unknown) =>
      (refused as { account: number; reason: string }[]).map(({ account, reason }) => [account, reason])
    assert.deepEqual(leftOut(none.details!.refused), [
      [2, 'MARGIN'],
      [0, 'HOUSE'],
    ])
    assert.ok(!(await readdir(folder.file('.'))).includes('none'))
    await refuses(['flag', '--account', 'alice', ...state, '--out', 'none'], 'INPUT_INVALID', '--account')

    await venue.deposit(venue.signers.alice, 1, 0, 1n)
    const flagged = await does('flag', ...state, '--out', 'flagged')
    assert.deepEqual([flagged.flagged, flagged.refused], [[1], []])
    const entry = String((await venue.settlement.queueEnd()) - 1n)
    assert.deepEqual(flagged.rescues, [{ account: 1, entry, kind: 'DEPOSIT' }])
    assert.deepEqual((await readdir(folder.file('flagged'))).toSorted(), ['batches', 'state.json', 'summary.json'])
    const text = await run(['flag', '--account', '1', '2', ...state, '--out', 'text'])
    assert.match(text.stdout, /FLAG 1/)
    assert.match(text.stderr, /account 2 is not flagged \(MARGIN\)/)
    assert.match(text.stderr, /DEPOSIT of account 1 of 1 lots of asset 0 waits and may save the account/)

    const { transition } = decodeCashBatch(await read('flagged/batches/000001.json'), 'small', CASH_BATCH_SIZES.small)
    const words = packCashData(cashData(transition))
    await venue.as(venue.signers.operator).settle(CASH, await venue.batchOf(CASH, words))
    const after = decodeState(await read('flagged/state.json'), 'small')
    assert.equal(await venue.settlement.stateRoot(), stateRoot(after))
    assert.equal(after.accounts.get(1)!.flaggedAt, transition.context.timestamp)
    assert.deepEqual(
      (await auctions()).map(({ account }) => account),
      [1],
    )
    const next = await does('flag', '--state', 'flagged/state.json', '--out', 'nobody')
    assert.deepEqual([next.flagged, next.refused, next.stateRoot], [[], [], next.oldStateRoot])
  })

  it('flags nobody in a pause, nor anew while the auction that the pause put off has not closed', async () => {
    const guardian = venue.as(venue.signers.guardian, venue.authority)
    const state = ['--state', 'state.json']
    const unflagged = await venue.snapshot()
    await guardian.pause()
    assert.deepEqual((await find())[0]!.refusal, 'PAUSED')
    const paused = await refuses(['flag', '--account', '1', ...state, '--out', 'none'], 'BATCH_UNPROVABLE')
    assert.match(paused.message, /pause lasts/)
    await assert.rejects(flag(), /FlaggingPaused/)

    await unflagged()
    await flag()
    await pass(2_690n)
    await guardian.pause()
    await guardian.unpause()
    await pass(200n)
    const [stands] = await find()
    assert.deepEqual([stands!.refusal, stands!.offer!.least], ['AUCTION', null])
    const again = await refuses(['flag', '--account', '1', ...state, '--out', 'none'], 'BATCH_UNPROVABLE')
    assert.match(again.message, /would begin its time anew/)
    assert.deepEqual((await does('flag', ...state, '--out', 'nobody')).flagged, [])
    await pass(900n)
    assert.notEqual((await find())[0]!.offer!.least, null)
    await pass(1_800n)
    assert.deepEqual((await does('flag', ...state, '--out', 'anew')).flagged, [1])
  })

  it('shows a bidder from the chain alone what the venue sees, and signs its bid for that', async () => {
    await flag()
    await pass(900n)
    const alice = venue.state().accounts.get(1)!
    const [auction, ...others] = await auctions()
    const [found] = await find()
    const { account, portfolio, held, ...offer } = auction!
    assert.deepEqual([account, others, BigInt(held)], [1, [], heldBy(alice)])
    assert.deepEqual(portfolio, JSON.parse(jsonText(portfolioOf(alice))))
    for (const name of ['opens', 'closes', 'fair', 'risk', 'schedule'] as const) {
      assert.deepEqual(offer[name], found!.offer![name], name)
    }
    // It falls as time passes.
    assert.ok(BigInt(offer.least!) <= BigInt(offer.fair) && BigInt(found!.offer!.least!) <= BigInt(offer.least!))
    const text = await run(['auction', '--account', '1'])
    assert.match(text.stdout, /account 1: to be had for -?\d+ quanta at least until/)
    await refuses(['auction', '--account', '2'], 'INPUT_INVALID', '--account')

    const signed = await bid(BigInt(offer.fair), 'bid.json')
    assert.deepEqual([signed.victim, signed.bidder, signed.price, signed.held], [1, 2, offer.fair, held])
    const domain = (await venue.settlement.domain()) as bigint
    assert.deepEqual(decodeBid(await read('bid.json'), domain).bid.held, heldBy(alice))
    const options = ['bid', '--keys', 'keys.json', '--nonce', '9', '--out', 'none.json']
    const for1 = ['--victim', '1', '--expiry', FOREVER]
    await refuses([...options, ...for1, '--account', '7', '--price', '1'], 'INPUT_INVALID', '--account')
    await refuses([...options, ...for1, '--account', '2', '--price', '1.5'], 'INPUT_INVALID', '--price')
    const early = ['--account', '2', '--price', '1', '--victim', '1', '--expiry', '1750000000']
    await refuses([...options, ...early], 'INPUT_INVALID', '--expiry')
    const nobody = ['--account', '2', '--price', '1', '--victim', '2', '--expiry', FOREVER]
    await refuses([...options, ...nobody], 'INPUT_INVALID', '--victim')
    assert.ok(!(await readdir(folder.file('.'))).includes('none.json'))
  })

  it('takes the best bid that the rules allow, and leaves nothing behind where none can be taken', async () => {
    await flag()
    await pass(900n)
    const [{ fair }] = (await auctions()) as [Shown]
    const price = BigInt(fair)
    await bid(price, 'fair.json')
    await bid(price + 5n, 'above.json')
    await bid(price, 'old.json', '--nonce', '1')
    await bid(BigInt(fair) - 1_000_000n, 'low.json')
    const state = ['--state', 'state.json']
    const none = await refuses(
      ['take', '--bid', 'low.json', 'old.json', ...state, '--out', 'taken'],
      'BATCH_UNPROVABLE',
    )
    const reasons = (none.details!.refused as { file: string; reason: string }[]).map(({ file, reason }) => [
      file,
      reason,
    ])
    assert.deepEqual(
      [none.exit, reasons],
      [
        1,
        [
          ['old.json', 'OLD_NONCE'],
          ['low.json', 'PRICE'],
        ],
      ],
    )
    assert.ok(!(await readdir(folder.file('.'))).includes('taken'))

    const bids = ['low.json', 'old.json', 'fair.json', 'above.json']
    const taken = await does('take', '--bid', ...bids, ...state, '--out', 'taken')
    assert.deepEqual([taken.victim, taken.bidder, taken.price, taken.bid], [1, 2, `${price}`, 'fair.json'])
    assert.deepEqual(
      (taken.refused as { file: string; reason: string }[]).map(({ file, reason }) => [file, reason]),
      [
        ['above.json', 'PRICE'],
        ['old.json', 'OLD_NONCE'],
      ],
    )
    assert.deepEqual((await readdir(folder.file('taken'))).toSorted(), ['state.json', 'summary.json', 'takeover.json'])
    const takeover = decodeTakeover(await read('taken/takeover.json'), 'small')
    const after = decodeState(await read('taken/state.json'), 'small')
    assert.equal(stateRoot(takeover.before), await venue.settlement.stateRoot())
    assert.equal(stateRoot(takeover.after), stateRoot(after))
    assert.ok(after.accounts.get(1)!.positions.every(({ size }) => size === 0n))
    assert.equal(after.accounts.get(2)!.nonce, 99n)

    // The contract takes no takeover before what was asked for before the auction.
    const unasked = await venue.snapshot()
    await venue.as(venue.signers.alice).requestCure(1, { value: await venue.fee() })
    const entry = String((await venue.settlement.queueEnd()) - 1n)
    const asked = await run(['take', '--bid', 'fair.json', ...state, '--out', 'asked'])
    assert.match(asked.stderr, new RegExp(`entry ${entry}, CURE of account 1 waits: if it was asked for before`))
    assert.deepEqual((await read('asked/summary.json')).rescues, [{ account: 1, entry, kind: 'CURE' }])
    await unasked()

    const back = await venue.snapshot()
    // A bid is for what it names: once the account holds something else, it is void.
    await venue.deposit(venue.signers.alice, 1, 0, 1n)
    await venue.cash([{ kind: 'DEPOSIT', account: 1, asset: 0, amount: 1n }], [venue.signers.alice.address])
    await keep()
    const other = await refuses(['take', '--bid', 'fair.json', ...state, '--out', 'again'], 'BATCH_UNPROVABLE')
    assert.match(other.message, /does not hold what the bid is for/)

    await back()
    const words = packTakeoverData(takeoverData(takeover))
    await venue.as(venue.signers.operator).settle(TAKEOVER, await venue.batchOf(TAKEOVER, words))
    assert.equal(await venue.settlement.stateRoot(), stateRoot(after))
    assert.deepEqual(await auctions(), [])
    const domain = takeover.context.domain
    for (const index of [1, 2]) {
      const recovery = new Recovery({ shape: SHAPE, domain, account: { index, viewKey: VIEW_KEY } })
      const chain = { provider: venue.ethers.provider, settlement: venue.settlement.target as string }
      for await (const batch of publishedBatches(chain)) recovery.take(batch)
      assert.deepEqual(recovery.recovered().account, after.accounts.get(index))
    }
  })

  it('takes no bid for which the contract lets the house pay less, by one quantum, and tells bidders beforehand', async () => {
    const { alice, operator } = venue.signers
    await venue.deposit(alice, 0, 0, LOTS)
    await venue.cash([{ kind: 'DEPOSIT', account: 0, asset: 0, amount: LOTS }], [alice.address])
    const far = 5_200n
    await pass(200n, far)
    await pass(900n, far)
    await flag()
    await pass(900n, far)
    await pass(1_500n, far)
    const shown = await does('auction')
    assert.deepEqual(shown.cover, { now: `${PER_HOUR}`, perHour: `${PER_HOUR}` })
    assert.deepEqual((await does('find', '--state', 'state.json')).cover, shown.cover)
    for (const args of [['auction'], ['find', '--state', 'state.json']]) {
      assert.match((await run(args)).stdout, /the house may pay 20000 quanta now, of a coverPerHour of 20000/)
    }
    const offer = [
      'bid',
      '--keys',
      'keys.json',
      '--account',
      '2',
      '--victim',
      '1',
      '--nonce',
      '99',
      '--expiry',
      FOREVER,
    ]
    const dear = await run([...offer, `--price=${-PER_HOUR - 1n}`, '--out', 'dear.json'])
    assert.match(dear.stderr, /warning: the house would pay 20001 quanta: the house may pay 20000 quanta now/)
    const right = await run([...offer, `--price=${-PER_HOUR}`, '--out', 'right.json'])
    assert.equal(right.stderr, '')
    const take = ['take', '--state', 'state.json', '--bid']
    const refused = await refuses([...take, 'dear.json', '--out', 'none'], 'BATCH_UNPROVABLE')
    assert.match(refused.message, /the house would pay 20001 quanta, and may pay 20000 now, never so much at once/)
    const taken = await does(...take, 'dear.json', 'right.json', '--out', 'taken')
    assert.deepEqual([taken.bid, taken.subsidy, taken.refused], ['right.json', `${PER_HOUR}`, []])
    const takeover = decodeTakeover(await read('taken/takeover.json'), 'small')
    const words = packTakeoverData(takeoverData(takeover))
    await venue.as(operator).settle(TAKEOVER, await venue.batchOf(TAKEOVER, words))
    const { now } = (await does('auction')).cover as { now: string }
    assert.ok(BigInt(now) < PER_HOUR, now)
  })
})
