import { loadArtifacts, loadEach } from '../keys/load.ts'
import { DEPLOYED_CIRCUITS, deploy, doubtfulTerms, readVerifierKey } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { type ArtifactOptions, addArtifactOptions } from './options.ts'
import { tableText } from './table.ts'
import { readTerms } from './terms-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface DeployOptions extends ArtifactOptions, ChainOptions {
  readonly terms: string
}

const DESCRIPTION = `Deploys a venue to a node: the verifiers, Authority, Exits, Settlement and MarginGate, by the terms in a file: assets,
house, governor, operator, guardian, periods, fees, risk parameters (docs/flow.md). It begins without accounts.
${SENDER_HELP} The sender gets no rights but those that the terms name.
Dev keys and play tokens go to local chains only (31337 and 1337): anywhere else, anybody could forge proofs.`

export const verb: Verb = (run) =>
  addChainOptions(
    addArtifactOptions(
      newVerb('deploy', DESCRIPTION, [
        'zkclear deploy --rpc http://127.0.0.1:8545 --terms samples/terms.json',
        'zkclear deploy --rpc https://... --terms terms.json --private-key-file key.txt --ceremony ... --json',
      ]),
    ),
  )
    .requiredOption('--terms <file>', 'what the venue is deployed with')
    .action(
      run(async ({ log, signal, onLongProgress: onProgress }, options: DeployOptions) => {
        const terms = await readTerms(options.terms)
        const load = (circuit: (typeof DEPLOYED_CIRCUITS)[number]) => loadArtifacts(circuit, options.profile, options)
        const keys = await Promise.all((await loadEach(DEPLOYED_CIRCUITS, load, options)).map(readVerifierKey))
        using connection = await connectSender(options)
        const { signer } = connection
        log.info({ chainId: `${connection.chainId}` }, 'connected')
        const deployment = await deploy({ signer, keys, terms, signal, onProgress })
        const { chainId, domain, genesisRoot, tokens, fromBlock, contracts, gasUsed } = deployment
        const table = tableText(
          ['contract', 'address', 'gas'],
          Object.entries(contracts).map(([name, { address, gasUsed }]) => [name, address, gasUsed]),
        )
        const deployed = Object.entries(contracts).map(([name, { address, transactionHash, gasUsed }]) => [
          name,
          { address, transactionHash, gasUsed },
        ])
        const doubts = doubtfulTerms(terms)
        const warnings = [
          ...(terms.shortDelay === true ? [`\n${SHORT_DELAY}`] : []),
          ...doubts.map((doubt) => `\nwarning: ${doubt}`),
        ].join('')
        return {
          document: {
            ...{ chainId, domain, genesisRoot, tokens, fromBlock },
            contracts: Object.fromEntries(deployed),
            ...{ gasUsed, doubts },
          },
          text: `${table}\nchain ${chainId}, domain ${domain}, from block ${fromBlock}, gas in all ${gasUsed}${warnings}`,
        }
      }),
    )

const SHORT_DELAY =
  'By its terms (shortDelay), users have 7 days or more to leave before a change takes effect, and not the 30 that are usual.'
