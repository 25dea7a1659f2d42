import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counted, duration, ends, short, timer, whole } from '../../../service/pages/shared/format.ts'

describe('what pages write', () => {
  it('of numbers: whole ones with commas, short ones rounded', () => {
    assert.equal(whole('12345678901234567890'), '12,345,678,901,234,567,890')
    assert.deepEqual([short(999), short('12345'), short(1_200_000n)], ['999', '12.3K', '1.2M'])
  })

  it('of how many there are, one or more', () => {
    assert.deepEqual(
      [0, 1, 1_234].map((count) => counted(count, 'proof')),
      ['0 proofs', '1 proof', '1,234 proofs'],
    )
  })

  it('of how long something took, coarser the longer it is', () => {
    const told = [-5, 40, 9_949, 9_950, 59_400, 61_000, 3_600_000, 172_800_000].map(duration)
    assert.deepEqual(told, ['0.0 s', '0.0 s', '9.9 s', '10 s', '59 s', '1 min 1 s', '1 h 0 min', '2 d 0 h'])
  })

  it('of a clock that runs down, to the second, and 0:00 when it is over', () => {
    const told = [-3, 0, 0.2, 65, 3_600, 90_061].map(timer)
    assert.deepEqual(told, ['0:00', '0:00', '0:01', '1:05', '1:00:00', '1 d 01:01:01'])
  })

  it('of long texts their ends', () => {
    assert.equal(ends('0x1234567890abcdef1234'), '0x123456…ef1234')
    assert.equal(ends('0x1234'), '0x1234')
  })
})
