import type { Provider } from 'ethers'
import { chainError } from '../../settlement/chain-error.ts'
import type { Findings } from '../alerts/alerts.ts'
import { anchorsBetween } from './anchors-between.ts'
import { chainFacts } from './chain-facts.ts'
import { type LogFacts, LogFollower, type LogPlace } from './log-facts.ts'
import { type OutsideFacts, outsideFindings } from './outside-rules.ts'
import { type VenueFacts, venueFacts } from './venue-facts.ts'

export interface OutsideOptions extends Omit<LogPlace, 'anchorsOf'> {
  readonly provider: Provider
  readonly chainId: bigint
  readonly settlement: string
  /** So many looks in a row the venue, or its log, has to be silent before that is told. */
  readonly patience: number
}

/** Looks at a venue as anybody can: at its contract, which is believed, and at what it says of itself, which is held against that. */
export class Outside {
  readonly #options: OutsideOptions
  readonly #log: LogFollower
  #silences = 0

  constructor(options: OutsideOptions) {
    this.#options = options
    const { provider, chainId, settlement, signal } = options
    const anchorsOf = (fromBlock: number, toBlock: number) =>
      anchorsBetween({ provider, chainId, settlement, fromBlock, toBlock, signal })
    this.#log = new LogFollower({ ...options, anchorsOf })
  }

  /** Throws CHAIN_UNREACHABLE, INPUT_INVALID for what is no Settlement, and ABORTED. */
  async look(): Promise<{ readonly facts: OutsideFacts; readonly findings: Findings }> {
    const { provider, settlement, url, signal, patience } = this.#options
    const block = await provider.getBlockNumber().catch((cause) => {
      throw chainError(cause, 'the node does not tell its blocks')
    })
    const [chain, venue] = await Promise.all([chainFacts(provider, settlement, block), venueFacts(url, signal)])
    const log = venue.status === undefined ? undefined : await this.#log.look(block)
    signal.throwIfAborted()
    this.#silences = (venue.silence ?? log?.silence) === undefined ? 0 : this.#silences + 1
    const isSilent = this.#silences >= patience
    const told = isSilent ? { venue, log } : { venue: heard(venue), log: log && heard(log) }
    return { facts: { chain, venue, log }, findings: outsideFindings({ chain, ...told }) }
  }
}

function heard<Facts extends VenueFacts | LogFacts>(facts: Facts): Facts {
  return { ...facts, silence: undefined }
}
