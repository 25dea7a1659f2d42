import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { claim, freeze, payout, readExit, shareLeftovers } from '../../settlement/index.ts'
import { type Chain, refusalOf } from './chain.ts'
import { expect } from './expect.ts'
import type { Owner } from './owners.ts'
import type { Report } from './progress.ts'
import type { Sample } from './sample.ts'

/** What a process that has nothing of the venue made of the chain, for one account. */
export interface ChildExit {
  readonly account: number
  /** Batches that it read. */
  readonly batches: number
  /** Lots of each asset that are owed, as decimal strings. */
  readonly claim: readonly string[]
  /** Whether the account holds a position, and on which side. */
  readonly side: 'long' | 'short' | 'flat'
  readonly recoverMs: number
  readonly proveMs: number
  readonly gas: string
}

/** What became of an account's claim: lots of each asset. */
export interface Exited extends ChildExit {
  readonly paid: readonly bigint[]
}

/** Freezes the venue as soon as anybody may, and not a second before. */
export async function freezeWhenOverdue(chain: Chain): Promise<{ early: string; at: bigint }> {
  const { freezableFrom } = await readExit({ provider: chain.provider, settlement: chain.settlement.settlement })
  expect(freezableFrom !== undefined, 'an entry waits in the queue')
  const stranger = { ...chain.settlement, signer: await chain.account(STRANGER) }
  await chain.waitUntil(freezableFrom - 2n)
  await chain.reach(freezableFrom - 1n)
  const early = await refusalOf(freeze(stranger))
  expect(early === 'NothingOverdue', 'nobody can freeze a venue before an entry is overdue')
  await chain.reach(freezableFrom)
  await freeze(stranger)
  return { early, at: freezableFrom }
}

/** An account of the node that has nothing to do with the venue. */
const STRANGER = 19

/** Recovers the accounts, proves what they are owed and records it: in another process, which is told where the chain is and the view keys. */
export async function claimInAnotherProcess(
  chain: Chain,
  { profile, secrets }: Sample,
  report: Report,
): Promise<ChildExit[]> {
  const folder = await mkdtemp(join(tmpdir(), 'zkclear-demo-'))
  try {
    const file = join(folder, 'view-keys.json')
    const accounts = [...secrets].map(([account, { viewKey }]) => ({ account, viewKey: `${viewKey}` }))
    const { settlement } = chain.settlement
    const given = {
      rpcUrl: chain.rpcUrl,
      settlement,
      fromBlock: chain.deployment.fromBlock,
      stranger: STRANGER,
      profile,
      accounts,
    }
    await writeFile(file, JSON.stringify(given), { mode: 0o600 })
    const path = fileURLToPath(new URL('exit-child.ts', import.meta.url))
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, file], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const done: ChildExit[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      done.push(JSON.parse(line))
      report(done.length / accounts.length, `account ${done.at(-1)!.account}`)
    }
    expect((await ended) === 0, 'the other process recovers, proves and claims for every account')
    return done
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Pays the claims when their time has come, and what is left a period later; every owner takes what they are credited. */
export async function payAndClaim(
  chain: Chain,
  exits: readonly ChildExit[],
  owners: readonly Pick<Owner, 'account' | 'signer'>[],
  report: Report,
): Promise<Exited[]> {
  const { settlement } = chain.settlement
  const stranger = { settlement, signer: await chain.account(STRANGER) }
  const { begins } = await readExit({ provider: chain.provider, settlement })
  const paid: bigint[][] = exits.map(({ claim }) => claim.map(() => 0n))
  for (const [turn, [from, pay]] of [
    [begins!.PAYOUT, payout] as const,
    [begins!.LEFTOVERS, shareLeftovers] as const,
  ].entries()) {
    await chain.waitUntil(from)
    for (const [i, { account }] of exits.entries()) {
      const { lots } = await pay({ ...stranger, account })
      for (const [asset, amount] of lots.entries()) paid[i]![asset]! += amount
      report((turn + i / exits.length) / 3)
    }
  }
  for (const [i, { account }] of exits.entries()) {
    const { signer } = owners.find((owner) => owner.account === account)!
    for (const [asset, lots] of paid[i]!.entries()) if (lots > 0n) await claim({ settlement, signer, asset })
    report((2 + i / exits.length) / 3)
  }
  return exits.map((exit, i) => ({ ...exit, paid: paid[i]! }))
}
