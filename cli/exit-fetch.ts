import { exitDocument } from '../client/exit-document.ts'
import { connectVenue, type Exit } from '../client/index.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { connectReader, readExit } from '../settlement/index.ts'
import { nextStep } from './exit-steps.ts'
import { openRecoveryDirectory } from './recovery-directory.ts'
import { accountOf, addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { readKeys } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface FetchOptions extends SettlementOption {
  readonly rpc: string
  readonly venue: string
  readonly keys: string
  readonly account?: bigint
  readonly out: string
}

const DESCRIPTION = `Has the frozen venue itself, while it still answers, tell what an account's exit is proved from: the account, its path and the risk
table. It is checked against the contract, and takes the place of "zkclear recover", which reads the same from the chain.`

export const fetchCommand: Verb = (run) =>
  addSettlementOption(
    newVerb('fetch', DESCRIPTION, [
      'zkclear exit fetch --venue https://venue.example:8441 --keys keys.json --rpc http://127.0.0.1:8545 --settlement 0x... --out mine',
    ]),
  )
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node')
    .requiredOption('--venue <url>', 'where the venue takes traders')
    .requiredOption(
      '--keys <file>',
      "file of the account's keys: logs in, and has the view key, which the venue does not tell",
    )
    .option('--account <n>', 'index of the account, where the file has keys of several', accountOf)
    .requiredOption('--out <dir>', 'a new directory, for "zkclear exit prove --recovery"')
    .action(
      run(async (_, { rpc, settlement, venue: url, keys: file, account: asked, out }: FetchOptions) => {
        const keys = await readKeys(file)
        const [account, secrets] = chosen(keys, file, asked)
        using connection = await connectReader({ rpcUrl: rpc })
        const status = await readExit({ provider: connection.provider, settlement, account })
        const domain = settlementDomain(status.chainId, settlement)
        const session = await connectVenue({ url }).login({ account, privateKey: secrets.privateKey, domain })
        const told = await session.exit().finally(() => session.logout())
        const { stateRoot, riskRoot } = status
        requireSame(told, { index: account, domain, stateRoot, riskRoot })
        const { exit, profile } = exitDocument(told, secrets.viewKey)
        const directory = await openRecoveryDirectory(out, profile)
        await directory.writeExit(exit)
        const next = nextStep(status)
        const document = { out, settlement, account, profile, stateRoot, riskRoot, period: status.period, next }
        const text = `what account ${account} proves its exit from is in ${out}: "zkclear exit prove --recovery ${out}"\n${next.text}`
        return { document, text }
      }),
    )

/** Throws VENUE_REFUSED for what is not of where the contract stands: nobody could claim with it. */
function requireSame(told: Exit, here: Pick<Exit, 'index' | 'domain' | 'stateRoot' | 'riskRoot'>): void {
  if (Object.entries(here).every(([name, value]) => told[name as keyof Exit] === value)) return
  const message =
    'the venue tells of another account or state than that of the contract; "zkclear recover" needs no venue'
  throw new ZkclearError('VENUE_REFUSED', message)
}

function chosen<T>(keys: ReadonlyMap<number, T>, file: string, asked: bigint | undefined): [number, T] {
  const found = [...keys].filter(([index]) => asked === undefined || index === Number(asked))
  if (found.length === 1) return found[0]!
  const message = found.length === 0 ? `${file} has no keys of it` : `${file} has keys of several: name one`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--account' })
}
