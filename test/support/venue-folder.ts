import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { venueShape } from '../../protocol/shape.ts'
import {
  encodeGenesis,
  encodeKeys,
  encodeRiskTable,
  formatFlowCsv,
  type Intent,
  type SampleVenue,
  sampleVenue,
} from '../../venue/index.ts'

export const AS_OF = 1_700_000_000n

/** A maker rests, a taker meets it with two orders; one order is a cancel, one has no effect (out of band). */
function shortFlow({ riskTable, roles }: SampleVenue): Intent[] {
  const { mark } = riskTable.markets[0]!
  const [maker, taker] = [roles.makers[0]!, roles.takers[0]!]
  const order = (id: string, account: number, side: 'buy' | 'sell', price: bigint, size: bigint): Intent => ({
    kind: 'order',
    id,
    time: AS_OF + 10n,
    market: 0,
    account,
    side,
    price,
    size,
    timeInForce: 'GTC',
    reduceOnly: false,
    expiry: AS_OF + 3600n,
  })
  return [
    order('ask', maker, 'sell', mark + 10n, 100n),
    order('bid', maker, 'buy', mark - 10n, 100n),
    order('take', taker, 'buy', mark + 10n, 40n),
    { kind: 'cancel', id: 'bid', time: AS_OF + 10n },
    order('far', taker, 'buy', 2n * mark, 1n),
    order('take again', taker, 'buy', mark + 10n, 20n),
  ]
}

/** Writes the files that `zkclear simulate` reads for a sample venue of the small profile. */
export async function writeVenue(folder: string) {
  const venue = sampleVenue({ shape: venueShape('small'), seed: 7n, asOf: AS_OF })
  await mkdir(folder, { recursive: true })
  const files = {
    'genesis.json': JSON.stringify(encodeGenesis(venue.genesis, 'small')),
    'risk.json': JSON.stringify(encodeRiskTable(venue.riskTable, 'small')),
    'keys.json': JSON.stringify(encodeKeys(venue.secrets)),
    'flow.csv': formatFlowCsv(shortFlow(venue)),
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return venue
}
