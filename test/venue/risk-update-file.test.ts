import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { riskUpdate } from '../../circuits/risk-update/index.ts'
import { hashRiskMemory } from '../../protocol/risk/memory.ts'
import {
  decodeRiskSnapshot,
  decodeRiskUpdate,
  encodeRiskSnapshot,
  encodeRiskUpdate,
  type RiskUpdateDocument,
} from '../../venue/index.ts'

const { witness } = riskUpdate.example('small')
const job: RiskUpdateDocument = { domain: 5n, ...witness }
const before = witness.before!

describe('risk snapshot and risk update files', () => {
  it('come back as they went, as text', () => {
    const text = (json: unknown) => JSON.parse(JSON.stringify(json))
    assert.deepEqual(decodeRiskSnapshot(text(encodeRiskSnapshot(before, 'small')), 'small'), before)
    assert.deepEqual(decodeRiskUpdate(text(encodeRiskUpdate(job, 'small')), 'small'), job)
    const first = { ...job, before: undefined }
    assert.deepEqual(decodeRiskUpdate(text(encodeRiskUpdate(first, 'small')), 'small'), first)
  })

  it('are what risk-update is proved from', async () => {
    const { statement, witness: read } = await riskUpdate.readJob!(encodeRiskUpdate(job, 'small'), 'small')
    assert.deepEqual(statement, riskUpdate.example('small', 5n).statement)
    assert.deepEqual(read, witness)
  })

  it('are refused where the table or its memory says what no proved one says, though the hashes fit', () => {
    const { table, memory } = before
    const snapshotOf = (changed: typeof memory, markets = table.markets) => {
      return encodeRiskSnapshot(
        { table: { ...table, markets, memory: hashRiskMemory(changed) }, memory: changed },
        'small',
      )
    }
    const refused = (json: unknown, path: string) =>
      assert.throws(() => decodeRiskSnapshot(json, 'small'), { code: 'INPUT_INVALID', path })
    const [u, m] = [memory.underlyings[0]!, memory.markets[0]!]
    const underlying = (change: Partial<typeof u>) => ({
      ...memory,
      underlyings: memory.underlyings.with(0, { ...u, ...change }),
    })
    const market = (change: Partial<typeof m>) => ({ ...memory, markets: memory.markets.with(0, { ...m, ...change }) })
    decodeRiskSnapshot(snapshotOf(memory), 'small')
    const dearer = table.markets.with(0, { ...table.markets[0]!, mark: table.markets[0]!.mark + 1n })
    refused(snapshotOf(memory, dearer), 'snapshot.table.markets[0].mark')
    for (const change of [{ index: 0n }, { sampleIndex: 0n }, { sampleTime: table.asOf + 1n }, { shock: 1_000_001n }]) {
      refused(snapshotOf(underlying(change)), 'snapshot.memory.underlyings[0]')
    }
    for (const change of [{ averageSeconds: 1_801n }, { settlement: (1n << 49n) - 1n }, { fundingRest: 28_800n }]) {
      refused(snapshotOf(market(change)), 'snapshot.memory.markets[0]')
    }
  })

  it('repeat the plain name of a field that there is not, and nothing else that somebody put there', () => {
    const file = encodeRiskSnapshot(before, 'small') as object
    const message = (key: string) => {
      try {
        return decodeRiskSnapshot({ ...file, [key]: 1 }, 'small') && ''
      } catch (error) {
        return (error as Error).message
      }
    }
    assert.match(message('extra'), /"extra"/)
    const hostile = '\u001b[2Jpwned'
    assert.match(message(hostile), /Unrecognized key/)
    assert.ok(!message(hostile).includes('pwned'))
    assert.ok(message('x'.repeat(1000)).length < 200)
  })

  it('are refused where the memory is not the one that the table commits to, or does not fit the profile', () => {
    const changed = (change: object) => ({ ...(encodeRiskSnapshot(before, 'small') as object), ...change })
    const { memory } = before
    const refused = (json: unknown, path: string) =>
      assert.throws(() => decodeRiskSnapshot(json, 'small'), { code: 'INPUT_INVALID', path })
    const other = { ...memory, underlyings: memory.underlyings.map((u) => ({ ...u, shock: u.shock - 1n })) }
    const memoryOf = (value: typeof memory) => {
      return (encodeRiskSnapshot({ ...before, memory: value }, 'small') as { memory: object }).memory
    }
    refused(changed({ memory: memoryOf(other) }), 'snapshot.table.memory')
    refused(changed({ memory: memoryOf({ ...memory, markets: [] }) }), 'snapshot.memory.markets')
    refused(changed({ memory: undefined }), 'snapshot.memory')
    refused(changed({ profile: 'standard' }), 'snapshot.profile')
  })
})
