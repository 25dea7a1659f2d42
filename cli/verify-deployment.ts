import { z } from 'zod'
import { loadArtifacts } from '../keys/load.ts'
import { connectReader } from '../settlement/connect.ts'
import { DEPLOYED_CIRCUITS, readVerifierKey, verifyDeployment } from '../settlement/index.ts'
import { parseWith } from '../verifier/json.ts'
import { EXIT } from './exit-codes.ts'
import { type ArtifactOptions, addArtifactOptions } from './options.ts'
import { readJson } from './read-file.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface VerifyDeploymentOptions extends ArtifactOptions {
  readonly rpc: string
  readonly deployment: string
}

const DESCRIPTION = `Checks a venue on a chain against these sources: rebuilds every verifier and contract, from your keys, and compares the
transactions that made them, constructors included; that they name each other, and are whose they should be; that the venue
began without accounts; and that its verifiers are still in force. Prints what the constructors were given, the venue's terms,
and who has which power now, with the changes that are pending.
Of the file nothing is believed. Ends with 1 if something is not as it has to be.`

const record = z.object({
  contracts: z.record(z.string(), z.object({ address: z.string(), transactionHash: z.string() })),
})

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb('verify-deployment', DESCRIPTION, [
      'zkclear verify-deployment --rpc http://127.0.0.1:8545 --deployment deployment.json',
      'zkclear verify-deployment --rpc https://... --deployment deployment.json --ceremony ... --json',
    ]),
  )
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node')
    .requiredOption('--deployment <file>', 'what "zkclear deploy --json" printed')
    .action(
      run(async ({ log, onProgress }, options: VerifyDeploymentOptions) => {
        const file = await readJson(options.deployment, 'json')
        const { contracts } = parseWith(record, file, 'INPUT_INVALID', 'deployment')
        const keys = await Promise.all(
          DEPLOYED_CIRCUITS.map(async (circuit) =>
            readVerifierKey(await loadArtifacts(circuit, options.profile, options)),
          ),
        )
        onProgress({ stage: 'rebuild the contracts', fraction: 0 })
        using connection = await connectReader({ rpcUrl: options.rpc })
        log.info({ chainId: `${connection.chainId}` }, 'connected')
        const check = await verifyDeployment({ provider: connection.provider, contracts, keys })
        onProgress({ stage: 'compared', fraction: 1 })
        const dev = keys.filter(({ setup }) => setup === 'dev').map(({ definition }) => definition.name)
        const rows = check.contracts.map(({ name, address, faults }) => [
          name,
          address,
          faults.join('; ') || 'as built',
        ])
        const table = tableText(['contract', 'address', 'found'], rows)
        const verdict = check.sound ? 'all contracts are as built' : 'NOT AS BUILT: see above'
        const warning =
          dev.length === 0
            ? ''
            : `\nThe keys of ${dev.join(', ')} are dev keys, whose secrets are public: anybody can forge proofs.`
        const doubts = check.doubts.map((doubt) => `\nwarning: ${doubt}`).join('')
        return {
          code: check.sound ? EXIT.success : EXIT.false,
          document: { ...check, devKeys: dev },
          text: `${table}\n${termsText({ ...check.terms, now: check.now })}\nchain ${check.chainId}: ${verdict}${warning}${doubts}`,
        }
      }),
    )

/** Longer ones are not for people. */
const LONGEST_LIST = 32

/** What the constructors were given, a line a value. */
function termsText(terms: Readonly<Record<string, unknown>>): string {
  return Object.entries(terms)
    .flatMap(([name, given]) => linesOf(given, name))
    .map(([path, value]) => `${path} = ${value}`)
    .join('\n')
}

function linesOf(value: unknown, path: string): [path: string, value: unknown][] {
  if (Object(value) !== value) return value === undefined ? [] : [[path, value]]
  if (Array.isArray(value) && value.length > LONGEST_LIST) return [[path, `${value.length} numbers; --json has them`]]
  return Object.entries(value as object).flatMap(([name, part]) => linesOf(part, `${path}.${name}`))
}
