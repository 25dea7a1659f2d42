import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { randomOptions } from '../../../lab/pricing/option-points.ts'
import { blackPrice } from '../../../protocol/risk/black.ts'
import { ONE } from '../../../protocol/risk/fixed-point.ts'

const shapes = { forward: [], strike: [], deviation: [], isPut: [] }
const black = await gadget('BlackProbe', [48, 35], shapes, 'pricing.circom')

/** Lines of the templates of a price that compute a signal and constrain it to that; what hands a width on cannot be altered. */
const LINES = ['curve', 'logarithm', 'normal', 'black'].flatMap((file) => {
  const source = readFileSync(`circuits/risk-update/${file}.circom`, 'utf8')
  const templates = source.split(/^(?=template )/m).filter((text) => !/^template (Scaled)?Deviation\(/.test(text))
  return templates
    .flatMap((text) => text.match(/^ +(?!_ ).*[^<]<== (?!\w+\().*;/gm) ?? [])
    .map((line) => line.trim())
    .filter((line) => !/^\w+\.deviation|nearTail\.u\[i\]/.test(line))
})

const OPTIONS = [
  ...randomOptions(10, 13),
  { kind: 'put', forward: 7_000n, strike: 7_000n, deviation: ONE },
  { kind: 'call', forward: 7_000n, strike: 9_000n, deviation: 3n },
] as const

suite('a prover who computes another number than a line says, and goes on from there', () => {
  for (const line of new Set(LINES)) {
    test(`finds no other price by ${line}`, async () => {
      const liar = await black.lying([line, line.replace(/ <== (.*);$/, ' <== $1 + 1;')])
      let caught = 0
      for (const { kind, ...numbers } of OPTIONS) {
        const { accepted, signal } = liar.evaluate({ ...numbers, isPut: kind === 'put' ? 1n : 0n })
        if (!accepted) caught++
        else assert.equal(signal('price'), blackPrice({ kind, ...numbers }))
      }
      assert.ok(caught > 0)
    })
  }
})
