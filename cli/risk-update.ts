import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { fromBlockOption, SENDER_HELP } from './chain-options.ts'
import { nextTable, proveTable } from './next-table.ts'
import { addArtifactOptions, addressOf, integerBetween } from './options.ts'
import { PRIVATE_KEY_FORM } from './private-key.ts'
import { type RiskUpdateOptions, requireOwnNames } from './risk-update-options.ts'
import type { Session } from './session.ts'
import { updateOnChain } from './update-on-chain.ts'
import { readRiskParameters, readRiskSnapshot } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

/** Seconds by which a contract lets a table's time be ahead of its own. */
const MAX_CLOCK_SKEW = 900n

const DESCRIPTION = `Makes the next risk table and proves it, from signed reports, which are files or addresses of "zkclear oracle serve". What cannot be
used of them is left out, and said. The proof is verified before it is written.
With --rpc, brings it to the Settlement there, as anybody may: parameters and the table before are read from the chain, unless the
files have them, and a proof in --out that was not settled is, so that an interrupted run is simply run again. ${SENDER_HELP}
Without --rpc, nothing is sent: --parameters and --chain-id are needed, and --before, which without it is the first table.`

export const riskUpdateCommand: Verb = (run) =>
  addArtifactOptions(
    newVerb('update', DESCRIPTION, [
      'zkclear risk update --report http://127.0.0.1:9477/report b.json c.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out proof.json --snapshot-out table.json',
      'zkclear risk update --before table-1.json --parameters parameters.json --report a.json b.json c.json --chain-id 31337 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out proof.json --snapshot-out table-2.json',
    ]),
  )
    .requiredOption('--report <place...>', 'report files, or addresses that serve reports')
    .requiredOption('--settlement <address>', 'Settlement that the proof is for', addressOf('--settlement'))
    .requiredOption('--out <file>', "the proof's file")
    .requiredOption('--snapshot-out <file>', 'snapshot of the new table, with what the next update needs')
    .option('--rpc <url>', 'http or https address of a JSON-RPC node: settles the update there')
    .option('--private-key-file <file>', `with --rpc: file with the sender's private key: ${PRIVATE_KEY_FORM}`)
    .addOption(fromBlockOption())
    .option('--parameters <file>', 'risk parameters, whose profile is used')
    .option('--before <file>', 'snapshot of the table before')
    .option('--retired <market...>', 'without --rpc: markets that are retired on chain', marketsOf)
    .option(
      '--chain-id <number>',
      'without --rpc: chain of the Settlement',
      integerBetween('--chain-id', 1n, (1n << 64n) - 1n),
    )
    .action(
      run(async (session, options: RiskUpdateOptions) => {
        await requireOwnNames(options)
        const { rpc } = options
        return rpc === undefined
          ? await updateInFiles(options, session)
          : await updateOnChain({ ...options, rpc }, session)
      }),
    )

async function updateInFiles(options: RiskUpdateOptions, session: Session) {
  const { before: snapshot, settlement, report } = options
  const { profile, parameters } = await readRiskParameters(needed(options.parameters, '--parameters'))
  const chainId = needed(options.chainId, '--chain-id')
  const before = snapshot === undefined ? undefined : await readRiskSnapshot(snapshot, profile)
  const domain = settlementDomain(chainId, settlement)
  const window = { latest: BigInt(Math.floor(Date.now() / 1000)) + MAX_CLOCK_SKEW }
  const retired = setOf(options.retired ?? [])
  const next = await nextTable(report, { profile, parameters, before, retired, domain, window }, session)
  const { document, text } = await proveTable(next, options, session)
  return { document, text }
}

const marketOf = integerBetween('--retired', 0n, 15n)

/** Gathers the markets of --retired. */
function marketsOf(text: string, before: readonly bigint[] = []): readonly bigint[] {
  return [...before, marketOf(text)]
}

/** A bit for each of the markets. */
function setOf(markets: readonly bigint[]): bigint {
  return markets.reduce((set, market) => set | (1n << market), 0n)
}

function needed<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value
  throw new ZkclearError('INPUT_INVALID', 'is needed; or give --rpc, a node that knows it', { path })
}
