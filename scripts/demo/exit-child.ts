/**
 * A process that has nothing of the venue but a chain's address and its owners' view keys: recovers each account from events,
 * proves what it is owed and records the claim. Prints one line of JSON for each.
 */
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import type { JsonRpcProvider } from 'ethers'
import { exitStatementOf } from '../../circuits/exit/statement.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { createProver } from '../../prover/create-prover.ts'
import { connect, recordClaim, recoverAccount } from '../../settlement/index.ts'
import type { ChildExit } from './death.ts'

const given = JSON.parse(await readFile(process.argv[2]!, 'utf8'))
const { rpcUrl, settlement, fromBlock, stranger, profile } = given
using connection = await connect({ rpcUrl })
const provider = connection.signer.provider as JsonRpcProvider
Object.assign(provider, { pollingInterval: 20 })
const signer = await provider.getSigner(stranger)
const shape = venueShape(profile)
await using prover = await createProver({ profile, circuits: ['exit'] })

/** The table of the end, as soon as it is computed: it is the same for all. */
let tables: readonly RiskTable[] = []
for (const { account: index, viewKey } of given.accounts) {
  const started = performance.now()
  const account = { index, viewKey: BigInt(viewKey) }
  const { exit, batches } = await recoverAccount({ provider, settlement, shape, account, fromBlock, tables })
  if (exit.riskTable !== undefined) tables = [exit.riskTable]
  const recoverMs = performance.now() - started
  const { domain, stateRoot, riskRoot } = exit
  const statement = exitStatementOf(exit, { domain, stateRoot, riskRoot, index })
  const proved = await prover.prove('exit', statement, exit)
  const { claims, gasUsed } = await recordClaim({ signer, settlement, proved })
  const size = exit.account.positions.reduce((sum, position) => sum + position.size, 0n)
  const line: ChildExit = {
    account: index,
    batches,
    claim: claims.map(String),
    side: size === 0n ? 'flat' : size > 0n ? 'long' : 'short',
    recoverMs,
    proveMs: proved.timings.proveMs,
    gas: `${gasUsed}`,
  }
  console.log(JSON.stringify(line))
}
