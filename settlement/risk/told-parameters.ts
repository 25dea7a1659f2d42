import type { Provider } from 'ethers'
import { requireAddress } from '../../protocol/address.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { assertCanonical } from '../../protocol/numbers.ts'
import { hashRiskParameters, riskParametersFromWords } from '../../protocol/risk/parameter-words.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { ABIS } from '../abi.ts'
import { type LogRange, readLogs } from '../logs.ts'
import { parseLog } from '../parse-log.ts'

export interface ToldParametersOptions extends Omit<LogRange, 'fromBlock'> {
  readonly provider: Provider
  /** Address of the Authority. */
  readonly authority: string
  readonly shape: VenueShape
  /** What commits to them. */
  readonly parametersRoot: bigint
  /** That of the contracts' deployment. Default 0. */
  readonly fromBlock?: number | undefined
}

/**
 * The risk parameters with that root, from what Authority was told. The contract does not look at the words, so what is told is
 * believed only if it hashes to the root. Throws INPUT_INVALID, with PARAMETERS in `details.reason`, if nobody told them rightly;
 * CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
 */
export async function toldParameters(options: ToldParametersOptions): Promise<RiskParameters> {
  const { provider, authority, shape, parametersRoot, fromBlock = 0, ...range } = options
  const address = requireAddress(authority, 'authority')
  const { Interface, toBeHex } = await import('ethers')
  const abi = new Interface([...ABIS.Authority])
  const topics = [abi.getEvent('ParametersTold')!.topicHash, toBeHex(parametersRoot, 32)]
  for await (const log of readLogs(provider, address, topics, { ...range, fromBlock })) {
    // Not by toObject, which makes an object of a list of none.
    const words = [...(parseLog(abi, log).args.words as Iterable<bigint>)]
    const parameters = believe(words, shape, parametersRoot)
    if (parameters !== undefined) return parameters
  }
  const message = `nobody told on chain, from block ${fromBlock} on, which risk parameters have the root ${parametersRoot}: read from the block of Authority's deployment, at a node that keeps all events, and with the venue's profile (${shape.name} was given)`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'PARAMETERS' } })
}

/** What was told, if it has the root; anybody could propose any words, and told ones stay on chain for ever. */
function believe(words: readonly bigint[], shape: VenueShape, parametersRoot: bigint): RiskParameters | undefined {
  try {
    for (const [i, word] of words.entries()) assertCanonical(word, `words[${i}]`)
    const parameters = riskParametersFromWords(words, shape)
    return hashRiskParameters(parameters) === parametersRoot ? parameters : undefined
  } catch (error) {
    if (error instanceof ZkclearError) return undefined
    throw error
  }
}
