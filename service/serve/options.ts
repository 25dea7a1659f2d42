import type { Provider } from 'ethers'
import type { ProfileName } from '../../protocol/shape.ts'
import type { WebhookOptions } from '../alerts/webhook.ts'
import type { AttestationPolicy } from '../attestation/policy.ts'
import type { Tls } from '../http/app.ts'
import type { KeyProvider } from '../keys/key-provider.ts'
import type { MarginFiles } from '../traders/proving-files.ts'
import type { DoorRules } from '../traders/rules.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'

/** What takes time until a venue takes messages; the first two are of whoever calls `serveVenue`. */
export type ServeStage =
  | 'load the service'
  | 'check circuits and keys'
  | 'read the contract'
  | 'start the database'
  | 'read the journal'

/** What a venue is served with. */
export interface ServeOptions {
  /** Folder of the embedded database, and of the tokens of workers; made where it is missing. */
  readonly directory: string
  /** A PostgreSQL in place of the embedded one. */
  readonly databaseUrl?: string | undefined
  readonly provider: Provider
  /** Another node, which has to tell the same as the first. */
  readonly otherProvider?: Provider | undefined
  /** The operator's, and what the data is sealed under. */
  readonly keys: KeyProvider
  /** Seals what the database holds in clear; without it such a database is refused. */
  readonly sealsClearData?: boolean | undefined
  readonly settlement: string
  /** The block of the contract's deployment. */
  readonly fromBlock: number
  /** Blocks that have to come after one before its entries and tables count. */
  readonly confirmations: number
  /** Most wei for a unit of gas while nothing is urgent. */
  readonly feeCap: bigint
  readonly profile: ProfileName
  readonly circuits: BatchCircuits
  /** What traders prove margin with in a browser; undefined where it is not built. */
  readonly marginFiles: MarginFiles | undefined
  readonly host: string
  /** Of traders, and of workers. */
  readonly port: number
  readonly workerPort: number
  readonly tls?: Tls | undefined
  readonly workers: number
  /** Which enclaves get work; undefined: every worker with a good token does. */
  readonly attest?: AttestationPolicy | undefined
  /** What the door asks of those who come. Default: the usual. */
  readonly rules?: DoorRules | undefined
  /** Whether what an operator does needs a second one. */
  readonly twoPersons: boolean
  /** What is waited for before anything is answered or settled: that a backup has it, or, by the database itself, another database. Default: nothing. */
  readonly replica?: 'backup' | 'database' | undefined
  /** Arguments of node for a worker, given the address of this venue and the file with its token. */
  workerArguments(url: string, tokenFile: string): readonly string[]
  readonly log: (facts: object, message: string) => void
  /** What an operator did, and that an alert is over. */
  readonly note: (facts: object, message: string) => void
  readonly warn: (message: string) => void
  /** Gets each stage of the start as it begins; what it throws ends the start. */
  readonly onStage?: ((stage: ServeStage) => void) | undefined
  /** Gets each alert that begins and ends; undefined: nobody does. */
  readonly webhook?: Pick<WebhookOptions, 'url' | 'secret'> | undefined
  /** Gives up waiting for the database. */
  readonly signal: AbortSignal
}
