import type { ProfileName } from '../protocol/shape.ts'
import { decodePrices, type Prices } from '../venue/files/report-file.ts'
import type { JsonSource } from './json-source.ts'

/** Whatever tells prices each time it is asked. */
export interface PriceSource {
  readonly name: string
  /** Throws SOURCE_UNAVAILABLE, INPUT_INVALID for prices out of range; the signal's reason if that fires. */
  read(signal?: AbortSignal): Promise<Prices>
}

/**
 * Prices as a prices file has them, from a file, an address or a command. Tested with real files, processes and servers.
 *
 * @example
 * const source = jsonPrices(jsonCommand('node quote.js'), 'small')
 * const { indices, forwards } = await source.read()
 */
export function jsonPrices(source: JsonSource, profile: ProfileName): PriceSource {
  return { name: source.name, read: async (signal) => decodePrices(await source.read(signal), profile) }
}
