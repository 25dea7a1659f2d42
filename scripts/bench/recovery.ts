/**
 * Measures what it takes to leave a dead venue of the standard profile: whole processes of the command line, against a node on
 * this machine that serves the events of as many accounts. Prints a table, and what of a million accounts needs no events.
 *
 *   node scripts/bench/recovery.ts [accounts] [times that each trades]     default 10000 and 10
 *
 * Needs the circuit: node cli/main.ts build --circuit exit --profile standard.
 */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { packageRoot } from '../../circom/paths.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { bytes, number, seconds, table } from './markdown.ts'
import { CHAIN_ID, SETTLEMENT, serveEvents } from './recovery/event-node.ts'
import { keptRecovery } from './recovery/kept-recovery.ts'
import { OWN, PublishedVenue, SHAPE, VIEW_KEY } from './recovery/published-venue.ts'
import { spread } from './spread.ts'
import { runProcess, type Sample } from './startup.ts'

const [accounts, trades] = [process.argv[2] ?? '10000', process.argv[3] ?? '10'].map(Number) as [number, number]
/** For how many accounts a recovery is taken up again, which takes no events. */
const KEPT_ACCOUNTS = 1_000_000

const folder = await mkdtemp(join(tmpdir(), 'zkclear-recovery-'))
const [out, kept, proof, view] = ['mine', 'kept', 'claim.json', 'view.txt'].map((name) => join(folder, name)) as [
  ...[string, string, string, string],
]
const zkclear = (...args: readonly string[]) => runProcess([join(packageRoot(), 'cli', 'main.ts'), ...args])
const recover = (url: string, directory: string) => {
  const which = ['--rpc', url, '--settlement', SETTLEMENT, '--account', `${OWN}`, '--profile', 'standard']
  return zkclear('recover', ...which, '--view-key-file', view, '--out', directory)
}
const viewsOf = (count: number, batches: number, stateRoot: bigint) => ({
  ...{
    assetCount: BigInt(SHAPE.collaterals),
    capacity: 4n ** BigInt(SHAPE.accountLevels),
    accountCount: BigInt(count),
  },
  ...{
    viewCommitmentOf: viewCommitment(VIEW_KEY),
    batchCount: BigInt(batches),
    stateRoot,
    frozenAt: 1n,
    claimsFrom: 1n,
  },
})

try {
  await writeFile(view, `${VIEW_KEY}`)
  const venue = new PublishedVenue(settlementDomain(CHAIN_ID, SETTLEMENT))
  const batches = [...venue.batches(accounts, trades)]
  await using node = await serveEvents(batches, viewsOf(accounts, batches.length, venue.stateRoot))
  const rows: [string, Sample][] = [
    [`\`recover\`, ${number(accounts)} accounts, ${number(batches.length)} batches`, await recover(node.url, out)],
    ['the same again, with nothing new', await recover(node.url, out)],
    ['`exit prove`', await zkclear('exit', 'prove', '--recovery', out, '--out', proof)],
  ]
  const large = keptRecovery(KEPT_ACCOUNTS)
  await mkdir(kept)
  await writeFile(join(kept, 'recovery.json'), JSON.stringify(large.document))
  await using still = await serveEvents([], viewsOf(KEPT_ACCOUNTS, 0, large.stateRoot))
  rows.push([`\`recover\` again, ${number(KEPT_ACCOUNTS)} accounts, with nothing new`, await recover(still.url, kept)])
  const sizes = await Promise.all(
    [out, kept].map(async (path) => bytes((await stat(join(path, 'recovery.json'))).size)),
  )
  console.log(
    table(
      ['', 'CPU', 'wall', 'peak memory'],
      rows.map(([name, { cpu, wall, peakBytes }]) => {
        return [name, ...[cpu, wall].map((ms) => seconds(spread([ms]))), bytes(peakBytes)]
      }),
    ),
  )
  console.log(`\nrecovery.json has ${sizes.join(' and ')}.`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
