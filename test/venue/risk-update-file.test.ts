import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { riskUpdate } from '../../circuits/risk-update/index.ts'
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
