import { loadArtifacts } from '../keys/load.ts'
import { FIELD } from '../protocol/numbers.ts'
import { DEPLOYED_CIRCUITS, deploy, readVerifierKey } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { readGenesisRoot } from './genesis-root.ts'
import { type ArtifactOptions, addArtifactOptions, addressOf, integerBetween } from './options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface DeployOptions extends ArtifactOptions, ChainOptions {
  readonly genesisRoot?: bigint
  readonly genesis?: string
  readonly riskPublisher: string
  readonly marginRatioBps?: bigint
  readonly marginMaxRootAge?: bigint
  readonly marginMaxRiskAge?: bigint
}

const DESCRIPTION = `Deploys the verifiers, Settlement and MarginGate to a node.
${SENDER_HELP} The sender gets no rights over the contracts.
Dev keys go to local chains only (31337 and 1337): anywhere else, anybody could forge proofs.`

export const verb: Verb = (run) =>
  addChainOptions(
    addArtifactOptions(
      newVerb('deploy', DESCRIPTION, [
        'zkclear deploy --rpc http://127.0.0.1:8545 --genesis genesis.json --risk-publisher 0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
        'zkclear deploy --rpc http://127.0.0.1:8545 --genesis-root 1234 --risk-publisher 0x... --private-key-file key.txt --json',
      ]),
    ),
  )
    .requiredOption(
      '--risk-publisher <address>',
      'the only address that may post risk roots',
      addressOf('--risk-publisher'),
    )
    .option('--genesis-root <root>', 'state root to begin from', integerBetween('--genesis-root', 1n, FIELD - 1n))
    .option('--genesis <file>', 'genesis file to compute that root from')
    .option(
      '--margin-ratio-bps <n>',
      'margin that MarginGate asks for, in basis points (default: 10000, maintenance margin)',
      integerBetween('--margin-ratio-bps', 10_000n, (1n << 17n) - 1n),
    )
    .option(
      '--margin-max-root-age <seconds>',
      'how long ago a state root may have been superseded when MarginGate admits on it (default: 900)',
      integerBetween('--margin-max-root-age', 0n, (1n << 32n) - 1n),
    )
    .option(
      '--margin-max-risk-age <seconds>',
      'how old the prices may be at which MarginGate admits (default: 3600)',
      integerBetween('--margin-max-risk-age', 0n, (1n << 32n) - 1n),
    )
    .action(
      run(async ({ log, signal, onProgress }, options: DeployOptions) => {
        const genesisRoot = await readGenesisRoot(options)
        const keys = await Promise.all(
          DEPLOYED_CIRCUITS.map(async (circuit) =>
            readVerifierKey(await loadArtifacts(circuit, options.profile, options)),
          ),
        )
        using connection = await connectSender(options)
        log.info({ chainId: `${connection.chainId}` }, 'connected')
        const { chainId, domain, contracts, gasUsed } = await deploy({
          signer: connection.signer,
          keys,
          genesisRoot,
          riskPublisher: options.riskPublisher,
          marginRatioBps: options.marginRatioBps,
          marginMaxRootAge: options.marginMaxRootAge,
          marginMaxRiskAge: options.marginMaxRiskAge,
          signal,
          onProgress,
        })
        const table = tableText(
          ['contract', 'address', 'gas'],
          Object.entries(contracts).map(([name, { address, gasUsed }]) => [name, address, gasUsed]),
        )
        const deployed = Object.entries(contracts).map(([name, { address, transactionHash, gasUsed }]) => [
          name,
          { address, transactionHash, gasUsed },
        ])
        return {
          document: { chainId, domain, genesisRoot, contracts: Object.fromEntries(deployed), gasUsed },
          text: `${table}\nchain ${chainId}, domain ${domain}, gas in all ${gasUsed}`,
        }
      }),
    )
