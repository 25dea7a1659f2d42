import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { divide, reduce } from '../../../protocol/field.ts'

const DIGITS = 5
const BOUNDS = Array.from({ length: 15 }, (_, i) => 16 + i)
const probe = await gadget('AtMostProbe', [DIGITS], { unit: [], digit: [DIGITS] }, 'signature.circom')

function digitsOf(number: number, unit: bigint): bigint[] {
  return Array.from({ length: DIGITS }, (_, k) => ((number >> k) & 1 ? unit : reduce(-unit)))
}

/** The bounds that refuse what follows from the digits. */
function refusing(number: number, unit: bigint, changes = {}): number[] {
  const { broken } = probe.evaluate({ unit, digit: digitsOf(number, unit) }, changes)
  const at = broken.map((signals) => BOUNDS[Number(/main\.atMost\[(\d+)\]\.quotient/.exec(signals)![1])]!)
  return [...new Set(at)].sort((a, b) => a - b)
}

suite('lib/digits', () => {
  test('a number of five bits is at most each bound exactly where it is, whatever the unit', () => {
    for (const unit of [1n, reduce(-3n), 1234567890123456789n]) {
      for (let number = 0; number < 2 ** DIGITS; number++) {
        const expected = BOUNDS.filter((most) => number > most)
        assert.deepEqual(refusing(number, unit), expected, `${number} in units of ${unit}`)
      }
    }
  })

  test('no quotient helps a number beyond the bound', () => {
    const changes = (value: bigint) => {
      const quotients = BOUNDS.flatMap((_, i) => [0, 1, 2].map((run) => `atMost[${i}].quotient[${run}]`))
      const there = quotients.filter((name) => probe.symbols.wireOf(`main.${name}`) !== undefined)
      return Object.fromEntries(there.map((name) => [name, value]))
    }
    for (const number of [17, 22, 25, 31]) {
      for (const value of [0n, 1n, reduce(-1n), divide(1n, 2n), 2n]) {
        const refused = refusing(number, 1n, changes(value))
        for (const most of BOUNDS) if (number > most) assert.ok(refused.includes(most), `${number} at most ${most}`)
      }
    }
  })

  test('nothing is free but quotients of 0 by 0', () => {
    const free = probe.freeSignals({ unit: 1n, digit: digitsOf(0b10001, 1n) })
    assert.ok(free.length > 0)
    for (const name of free) assert.match(name, /^main\.atMost\[\d+\]\.quotient\[\d+\]$/)
  })
})
