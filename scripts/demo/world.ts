import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { describeBackend } from '../../prover/select-backend.ts'
import { sampleOracleKeys } from '../../venue/index.ts'
import { artifactsOf } from './artifacts.ts'
import { Chain } from './chain.ts'
import { Cashier } from './ledger.ts'
import { type Owner, ownersOf } from './owners.ts'
import type { Stages } from './progress.ts'
import { type DemoProver, loadProver } from './prover.ts'
import { readSample, type Sample } from './sample.ts'
import { type BroughtTable, DemoTables, type News } from './tables.ts'
import { DemoVenue } from './venue.ts'

/** All that the demo plays with: a chain with a venue's contracts, the venue, its traders, and oracles. Ends when disposed. */
export interface World extends AsyncDisposable {
  readonly stages: Stages
  readonly sample: Sample
  readonly chain: Chain
  readonly prover: DemoProver
  readonly owners: readonly Owner[]
  readonly venue: DemoVenue
  readonly cashier: Cashier
  /** The risk tables so far. */
  readonly tables: readonly BroughtTable[]
  /** Oracles sign the news, and the venue works at the table that follows. */
  readonly bring: (news: News) => Promise<BroughtTable>
  /** Unix seconds at which the venue opens: the time of the first risk table. */
  readonly opening: bigint
  /** Constraints of one batch. */
  readonly constraints: { readonly trade: number; readonly cash: number }
}

/** Builds what is missing, deploys the contracts, and loads the prover. Nobody is registered yet. */
export async function buildWorld(stages: Stages, profile: ProfileName): Promise<World> {
  const artifacts = await artifactsOf(stages, profile)
  const constraints = (name: string) => artifacts.find(({ circuit }) => circuit === name)!.manifest.constraints.total
  const sample = await stages.run('Read the sample flow', () => readSample(profile))
  const opening = sample.riskTable.asOf

  await using open = new AsyncDisposableStack()
  const chain = await stages.run('Start a chain, deploy contracts', async (report) =>
    open.use(
      await Chain.start({
        artifacts,
        terms: sample.terms,
        time: opening - 3_600n,
        onProgress: ({ stage, fraction }) => report(fraction, stage),
      }),
    ),
  )
  const prover = await stages.run('Load the prover', async (report) => open.use(await loadProver(profile, report)))
  console.error(`  ${describeBackend(prover.backend)}`)

  const owners = await ownersOf(sample.state, sample.secrets, sample.riskTable, chain)
  const tables = new DemoTables({
    chain,
    parameters: sample.terms.riskParameters!,
    oracleKeys: sampleOracleKeys(venueShape(profile).oracles),
    profile,
    prove: (statement, witness) => prover.prove('risk-update', statement, witness),
  })
  const venue = new DemoVenue(chain, prover, sample)
  const all = open.move()
  return {
    ...{ stages, sample, chain, prover, owners, venue, opening },
    tables: tables.brought,
    async bring(news) {
      const brought = await tables.bring(news)
      venue.riskTable = brought.table
      return brought
    },
    cashier: new Cashier(owners),
    constraints: { trade: constraints('trade-batch'), cash: constraints('cash-batch') },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
