import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { shapeArgument } from '../../../circuits/state/shape.ts'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { bookLevels } from '../../../protocol/state.ts'

const shape = { ...venueShape('small'), markets: 1, collaterals: 2, scenarios: 3, accountLevels: 4, window: 5 }
const { signal, accepted } = (await gadget('ShapeProbe', shapeArgument(shape), { in: [] })).evaluate({ in: 0n })

suite('protocol.md#sizes: the shape of a venue as one argument of a template', () => {
  test('circom reads each number where it was written', () => {
    assert.ok(accepted)
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((i) => signal(`numbers[${i}]`)),
      [1n, 2n, 3n, 4n, 5n],
    )
  })

  test('the tree of books has as many levels as in the model, for 1 to 20 markets', () => {
    for (let markets = 1; markets <= 20; markets++) {
      assert.equal(signal(`levels[${markets - 1}]`), BigInt(bookLevels({ ...shape, markets })))
    }
  })
})
