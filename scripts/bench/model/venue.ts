import process from 'node:process'
import { TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { messagesOf } from '../../../protocol/bundle.ts'
import { Random } from '../../../protocol/random.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { tradingKey } from '../../../protocol/signature.ts'
import { type GenesisAccount, genesisState, type State } from '../../../protocol/state.ts'
import { TradeBatchBuilder } from '../../../protocol/trade-batch/builder.ts'
import { tradeData } from '../../../protocol/trade-batch/words.ts'
import { FlowReplay, generateFlow, sampleVenue } from '../../../venue/index.ts'

const SHAPE = venueShape('standard')
const AS_OF = 1_700_000_000n

/** Milliseconds of processor time of a stream of signed messages, and how many it has. */
export interface StreamTimes {
  readonly messages: number
  readonly batches: number
  readonly cut: number
  readonly words: number
}

/** A generated flow of one market, signed beforehand: checked and cut into batches, and then the words of these. */
export function measureStream(lines: number): StreamTimes {
  const venue = sampleVenue({ shape: SHAPE, seed: 1n, asOf: AS_OF, makers: 12, takers: 8 })
  const [state, sizes, domain] = [genesisState(venue.genesis, SHAPE), TRADE_BATCH_SIZES.standard, 12345n]
  const keys = new Map([...venue.secrets].map(([index, { privateKey }]) => [index, privateKey]))
  const replay = new FlowReplay({ state, riskTable: venue.riskTable, domain, sizes, keys })
  const flow = generateFlow({ venue, seed: 2n, messages: lines, messagesPerSecond: lines })
  const bundles = [...replay.run(flow)].flatMap(({ transition }) => transition.bundles)
  const context = { sizes, timestamp: AS_OF, domain, riskTable: venue.riskTable }
  const run = () => {
    const builder = new TradeBatchBuilder(state, { context, bookSecret: 7n })
    const [batches, cut] = timed(() => [...bundles.flatMap((one) => builder.push(one)), ...builder.finish()])
    if (builder.refused.length > 0) throw new Error('a bundle of the stream was refused')
    const [, words] = timed(() => batches.map(tradeData))
    return { messages: messagesOf({ bundles }).length, batches: batches.length, cut, words }
  }
  run()
  return run()
}

function timed<T>(work: () => T): [result: T, milliseconds: number] {
  const start = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(start)
  return [result, (user + system) / 1000]
}

/** As many accounts, each with three collaterals and positions in one to three markets. */
export function largeState(accounts: number): State {
  const random = new Random(1n)
  const keys = Array.from({ length: 100 }, (_, i) => tradingKey(new Uint8Array(32).fill(i + 1)))
  const secret = () => random.bytes(31).reduce((value, byte) => (value << 8n) | BigInt(byte), 1n)
  const list: GenesisAccount[] = []
  for (let index = 0; index + 1 < accounts; index += 2) {
    const sizes = new Array<bigint>(SHAPE.markets).fill(0n)
    for (let held = index % 4; held < 3; held++) sizes[Number(random.between(0n, 15n))] = random.between(1n, 1000n)
    for (const [own, sign] of [
      [index, 1n],
      [index + 1, -1n],
    ] as const) {
      const collateral = Array.from({ length: SHAPE.collaterals }, (_, k) =>
        k < 3 ? random.between(0n, 1n << 40n) : 0n,
      )
      const secrets = { ownerCommitment: secret(), viewKey: secret() }
      list.push({
        ...{ index: own, tradingKey: keys[own % keys.length]!, ...secrets, collateral },
        sizes: sizes.map((size) => sign * size),
      })
    }
  }
  const markets = new Array(SHAPE.markets).fill({ maxLots: 1n << 30n, maxPrice: 1n << 33n })
  return genesisState({ markets, accounts: list }, SHAPE)
}
