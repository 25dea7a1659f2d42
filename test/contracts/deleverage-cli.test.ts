import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { after, before, beforeEach, describe, it } from 'mocha'
import { jsonText } from '../../cli/json-text.ts'
import { deleveragingData, packDeleveragingData } from '../../protocol/deleverage/words.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import { stateRoot } from '../../protocol/state.ts'
import { publishedBatches } from '../../settlement/index.ts'
import { decodeDeleveraging, decodeState, encodeState } from '../../venue/index.ts'
import { documentOf, errorOf, zkclear } from '../support/cli.ts'
import { createModelledVenue, LOTS, type ModelledVenue, SHAPE, VIEW_KEY } from '../support/contracts/modelled-venue.ts'
import { serveChain } from '../support/contracts/serve-chain.ts'
import { DELEVERAGE } from '../support/contracts/settlement.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Account 1 is alice's, short and bankrupt after two leaps; account 2 is bob's, long against her. Proofs are a stub's. */
describe('deleveraging by a command', () => {
  let venue: ModelledVenue
  let reset: () => Promise<void>
  let served: Awaited<ReturnType<typeof serveChain>>
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  const open = new AsyncDisposableStack()
  after(() => open.disposeAsync())
  before(async () => {
    venue = await createModelledVenue()
    await venue.open()
    await venue.requestWithdrawal(venue.signers.alice, 1, 0, 2n * LOTS)
    // Alice takes out all that initial margin leaves.
    await venue.cash([{ kind: 'FORCED', account: 1, asset: 0, requested: 2n * LOTS }])
    await pass(200n, 1_500n)
    await pass(900n, 1_500n) // until markets have cooled down
    await venue.cash([{ kind: 'FLAG', account: 1 }])
    await pass(200n, 1_500n)
    reset = await venue.snapshot()
    served = open.use(await serveChain(venue.ethers.provider))
  })
  beforeEach(async () => {
    await reset()
    folder = open.use(await temporaryDirectory())
    await keep()
  })

  const pass = async (seconds: bigint, mark: bigint) => {
    await venue.networkHelpers.time.increase(seconds)
    await venue.reprice(mark)
  }
  const keep = () => writeFile(folder.file('state.json'), jsonText(encodeState(venue.state(), 'small')))
  const run = (...args: readonly string[]) => {
    const there = ['--rpc', served.url, '--settlement', venue.settlement.target as string]
    const all = ['liquidate', 'deleverage', ...args, '--state', 'state.json', ...there]
    return zkclear(all, { cwd: folder.file('.') })
  }
  const refuses = async (account: number, reason: string, ...more: readonly string[]) => {
    const result = await run('--account', String(account), '--out', 'closed', ...more, '--json')
    const { code, details, message } = errorOf(result)
    assert.deepEqual([result.stdout, result.code, code, details?.reason], ['', 1, 'BATCH_UNPROVABLE', reason], message)
    assert.ok(!(await readdir(folder.file('.'))).includes('closed'), 'nothing is left behind')
  }
  const read = async (name: string) => JSON.parse(await readFile(folder.file(name), 'utf8'))

  it('closes all lots of the bankrupt account against whoever holds them, and the contract takes what it writes', async () => {
    await pass(900n, 1_500n)
    const result = await run('--account', '1', '--out', 'closed', '--json')
    assert.equal(result.code, 0, result.stderr)
    const { closings, end, passedOver, rescues, victim } = documentOf(result) as Record<string, unknown>
    const [closing, ...others] = closings as Record<string, unknown>[]
    assert.deepEqual([victim, others, passedOver, rescues], [1, [], [], []])
    assert.deepEqual([closing!.counterparty, closing!.market, closing!.lots, closing!.houseFails], [2, 0, '5', true])
    assert.equal((end as { reason: string }).reason, 'SOLVENT')
    assert.deepEqual((await readdir(folder.file('closed'))).toSorted(), ['batches', 'state.json', 'summary.json'])
    for (const name of ['closed/state.json', 'closed/summary.json', 'closed/batches/000001.json']) {
      assert.equal((await stat(folder.file(name))).mode & 0o077, 0, name)
    }
    const after = decodeState(await read('closed/state.json'), 'small')
    for (const state of [venue.state(), after]) {
      for (const index of [1, 2]) {
        const cash = state.accounts.get(index)!.collateral[0]!
        assert.ok(cash === 0n || !(result.stdout + result.stderr).includes(String(cash)), 'no balance is printed')
      }
    }

    const made = decodeDeleveraging(await read('closed/batches/000001.json'), 'small')
    assert.equal(stateRoot(made.before), await venue.settlement.stateRoot())
    assert.deepEqual([stateRoot(made.after), made.deficit > 0n], [stateRoot(after), true])
    const words = packDeleveragingData(deleveragingData(made))
    await venue.as(venue.signers.operator).settle(DELEVERAGE, await venue.batchOf(DELEVERAGE, words))
    assert.equal(await venue.settlement.stateRoot(), stateRoot(after))
    for (const index of [1, 2]) {
      const recovery = new Recovery({
        shape: SHAPE,
        domain: made.context.domain,
        account: { index, viewKey: VIEW_KEY },
      })
      const chain = { provider: venue.ethers.provider, settlement: venue.settlement.target as string }
      for await (const batch of publishedBatches(chain)) recovery.take(batch)
      assert.deepEqual(recovery.recovered().account, after.accounts.get(index))
    }
  })

  it('says why no lot can be closed, and leaves nothing behind', async () => {
    await refuses(1, 'AUCTION')
    await refuses(2, 'NOT_FLAGGED')
    await refuses(0, 'ACCOUNTS')
    await refuses(9, 'UNKNOWN_ACCOUNT')
    await pass(900n, 1_500n)
    await refuses(1, 'NOBODY', '--market', '1')
    await pass(300n, 4_500n)
    await refuses(1, 'SHELTERED')
    await pass(1_500n, 4_500n)
    await refuses(1, 'AUCTION')
  })

  it('is for nobody who owes no more than it has', async () => {
    await pass(900n, 1_000n)
    await pass(900n, 1_000n)
    await refuses(1, 'SOLVENT')
  })
})
