/**
 * The main job on a sample of order flow, from sources to the last payout. A venue begins without accounts on a chain of its
 * own: traders register and deposit, trade and withdraw; prices fall, one account lacks margin and is taken over, and weeks
 * later a call is paid out. Every batch and every risk table is proved and settled. Then the venue dies, and a process that has
 * nothing of it gets everybody's money out. Prints tables, writes report.html into --out (demo-output), and fails if anything is
 * not as it says. With --quick prices stay as they are: the demo of money alone. --profile standard is a venue of production's
 * sizes, whose keys must have been built. With --serve none of that: a venue as a service, with traders and a dashboard, until it is
 * interrupted.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import process from 'node:process'
import { EXIT_CODES } from '../cli/exit-codes.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { sampleRiskParameters } from '../venue/index.ts'
import { actOfAuction } from './demo/acts/auction.ts'
import { actOfTheEnd } from './demo/acts/end.ts'
import { actOfExpiry } from './demo/acts/expiry.ts'
import { actOfFunding } from './demo/acts/funding.ts'
import { actOfMoney } from './demo/acts/money.ts'
import { actOfShock } from './demo/acts/shock.ts'
import { callTrade } from './demo/call-trade.ts'
import { type DemoOptions, demoOptions } from './demo/options.ts'
import { printResults } from './demo/print.ts'
import { Stages } from './demo/progress.ts'
import { demoReport } from './demo/report-content.ts'
import { liveDemo } from './demo/serve/live-demo.ts'
import { buildWorld, type World } from './demo/world.ts'

const { out, quick, serve, ...options } = readOptions()
const started = performance.now()
const stages = new Stages()
if (serve) await live()
else await tellTheStory()
process.exitCode = 0

function readOptions(): DemoOptions {
  try {
    return demoOptions(process.argv.slice(2))
  } catch (error) {
    return refuse(error as ZkclearError)
  }
}

/** What is the user's to mend: the message says how. */
function refuse({ message, code }: ZkclearError): never {
  console.error(`zkclear demo: ${message}`)
  process.exit(EXIT_CODES[code])
}

/** Until it is interrupted. */
async function live(): Promise<void> {
  const ended = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      console.error('zkclear demo: ends the venue, its workers and the chain')
      ended.abort()
    })
  console.error('zkclear demo: a venue as a service, with traders who trade until you interrupt it')
  try {
    await liveDemo(stages, ended.signal)
  } catch (error) {
    if (!ended.signal.aborted) throw error
  }
}

async function tellTheStory(): Promise<void> {
  console.error('zkclear demo: money in, orders matched, proved and settled, money out; with the venue and without it')
  await using world = await worldOf(options.profile)
  const { profile } = world.sample
  const { venue, constraints, chain } = world
  const { summary, refusals } = await actOfMoney(world, quick ? [] : callTrade(world.sample))
  const prices = quick ? undefined : await actsOfPrices(world, profile)
  const { money, frozen } = await actOfTheEnd(world)

  const results = { venue, constraints, summary, refusals, prices, money, frozen, deployment: chain.deployment }
  const path = await stages.run('Write the report', async () => {
    await mkdir(out, { recursive: true })
    const file = join(out, 'report.html')
    await writeFile(file, demoReport(results, stages.times))
    return relative(process.cwd(), file)
  })
  printResults(results)
  console.log(`Report: ${path}. All of it took ${((performance.now() - started) / 1000).toFixed(0)} s.`)
  console.log('A venue that runs as a service, with traders and a dashboard in the browser: npm run demo -- --serve')
}

/** Refuses a profile that is none, and keys that are missing. */
async function worldOf(name: string): Promise<World> {
  try {
    return await buildWorld(stages, venueShape(name).name as ProfileName)
  } catch (error) {
    if (!(error instanceof ZkclearError && ['PROFILE_UNKNOWN', 'ARTIFACT_MISSING'].includes(error.code))) throw error
    return refuse(error)
  }
}

async function actsOfPrices(world: World, profile: ProfileName) {
  const { tables, opening } = world
  const shock = await actOfShock(world)
  const auction = await actOfAuction(world, shock.watch.account)
  shock.watch.note(auction.taken.time, 'taken over')
  shock.watch.note(auction.closes, 'the auction would end')
  await actOfFunding(world)
  const expiry = await actOfExpiry(world)
  return { shock, auction, expiry, tables, sample: sampleRiskParameters(opening, profile) }
}
