import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { seededRandom } from '../../../lab/pricing/random.ts'
import { toField } from '../../../protocol/numbers.ts'
import { FUNDING_PERIOD, PPM } from '../../../protocol/parameters.ts'
import { type FundingBefore, nextFunding } from '../../../protocol/risk/funding.ts'

const INPUTS = ['mark', 'index', 'fundingIndex', 'fundingRest', 'seconds', 'multiplier', 'fundingCap', 'maxPrice']
const funding = await gadget(
  'FundingProbe',
  [],
  Object.fromEntries(INPUTS.map((name) => [name, []])),
  'risk-update.circom',
)

const TERMS = { multiplier: PPM, fundingCapPpm: 1_000n, maxPrice: 1n << 40n }
const BEFORE: FundingBefore = { mark: 1_000_000n, index: 1_000_000n, fundingIndex: 0n, fundingRest: 0n }

function agrees(before: FundingBefore, seconds: bigint, terms = TERMS): void {
  const { fundingIndex, ...numbers } = before
  const { fundingCapPpm: fundingCap, ...rest } = terms
  const { accepted, broken, signal } = funding.evaluate({
    ...numbers,
    ...rest,
    ...{ fundingIndex: toField(fundingIndex), fundingCap, seconds },
  })
  const told = Object.values({ ...before, seconds, ...terms }).join(', ')
  assert.ok(accepted, `${told}: ${broken[0]}`)
  const next = nextFunding(before, seconds, terms)
  assert.deepEqual([signal('nextIndex'), signal('nextRest')], [toField(next.fundingIndex), next.fundingRest], told)
}

suite('NextFunding', () => {
  test('pays the premium up to the cap, to either side, as the model does', () => {
    // the cap is 1,000 quanta in eight hours
    for (const premium of [-900_000n, -1_001n, -1_000n, -999n, -1n, 0n, 1n, 999n, 1_000n, 1_001n, 900_000n]) {
      for (const seconds of [0n, 1n, 29n, 28_800n, (1n << 20n) - 1n]) {
        agrees({ ...BEFORE, mark: BEFORE.index + premium }, seconds)
      }
    }
    for (const fundingCapPpm of [0n, 1n, 40_000n]) {
      agrees({ ...BEFORE, mark: 1n }, 60n, { ...TERMS, fundingCapPpm })
      agrees({ ...BEFORE, mark: 2_000_000n }, 60n, { ...TERMS, fundingCapPpm })
    }
  })

  test('rounds towards the shorts, and keeps what it rounds away', () => {
    for (const fundingIndex of [-5n, -1n, 0n, 1n]) {
      for (const fundingRest of [0n, 1n, FUNDING_PERIOD - 1n]) {
        for (const mark of [999_999n, 1_000_001n]) agrees({ ...BEFORE, mark, fundingIndex, fundingRest }, 1n)
      }
    }
  })

  test('stays within 2^12 prices, however long a premium is paid', () => {
    for (const maxPrice of [1n, 1_000_000n, (1n << 48n) - 1n]) {
      const bound = maxPrice << 12n
      for (const fundingIndex of [-bound, 1n - bound, 0n, bound - 1n, bound]) {
        for (const mark of [1n, maxPrice]) {
          const before = { mark, index: 1_000_000n, fundingIndex, fundingRest: 0n }
          agrees(before, (1n << 20n) - 1n, { ...TERMS, maxPrice, fundingCapPpm: 40_000n })
        }
      }
    }
  })

  test('is the model at random numbers', () => {
    const random = seededRandom(41)
    const below = (bits: number) => BigInt(Math.floor(2 ** (bits * random())))
    for (let i = 0; i < 60; i++) {
      const before = { mark: below(40), index: below(47), fundingIndex: below(40) - below(40), fundingRest: below(14) }
      agrees(before, below(20), { multiplier: below(40), fundingCapPpm: below(15), maxPrice: 1n << 40n })
    }
  })
})
