import type { MarginStatement } from '../../circuits/margin-sufficiency/index.ts'
import { marginContext } from '../../protocol/domain.ts'
import type { Proved } from '../../prover/job.ts'
import { admit, type Confirmation } from '../../settlement/index.ts'
import { type Chain, type Refusal, refusalOf } from './chain.ts'

type ProvedMargin = Proved<'margin-sufficiency', MarginStatement>

/** The MarginGate of a chain. */
export class Gate {
  readonly #chain: Chain

  constructor(chain: Chain) {
    this.#chain = chain
  }

  /** What a margin proof for that purpose must be made for. */
  terms(purpose: string): { domain: bigint; ratioBps: bigint; context: bigint } {
    const { domain } = this.#chain.deployment
    return { domain, ratioBps: 10_000n, context: marginContext(this.#address, purpose) }
  }

  async admit(purpose: string, proved: ProvedMargin): Promise<Confirmation> {
    return admit({ signer: this.#chain.settlement.signer, gate: this.#address, purpose, proved })
  }

  /** How MarginGate refuses the proof, which it must. */
  async refusal(purpose: string, proved: ProvedMargin): Promise<Refusal> {
    return refusalOf(this.admit(purpose, proved))
  }

  get #address(): string {
    return this.#chain.deployment.contracts.MarginGate.address
  }
}
