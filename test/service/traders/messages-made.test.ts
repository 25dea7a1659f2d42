import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Random } from '../../../protocol/random.ts'
import type { Item, SealedBatch } from '../../../service/sequencer/state.ts'
import { MessagesMade } from '../../../service/traders/messages-made.ts'

it('counts the messages of a line whose batches come, go and are made anew, as if it counted them all each time', () => {
  const random = new Random(1n)
  const made = new MessagesMade()
  let line: readonly SealedBatch[] = []
  for (let round = 0; round < 2000; round++) {
    const from = below(random, 4) === 0 ? below(random, line.length + 1) : 0
    // After a rewind others stand at the end.
    const to = below(random, 6) === 0 ? below(random, line.length + 1) : line.length
    line = [...line.slice(from, to), ...Array.from({ length: below(random, 3) }, () => batch(random))]
    if (below(random, 50) === 0) line = line.toReversed()
    made.follow(line)
    const items = line.flatMap((each) => each.items)
    const sum = (some: readonly Item[]) =>
      some.reduce((all, item) => all + ('bundle' in item ? item.bundle.messages.length : 1), 0)
    assert.equal(made.all, sum(items))
    for (let account = 0; account < 4; account++) {
      assert.equal(made.of(account), sum(items.filter((item) => item.account === account)))
    }
  }
})

function batch(random: Random): SealedBatch {
  const items = Array.from({ length: below(random, 5) }, () => {
    const account = below(random, 4)
    if (below(random, 3) === 0) return { account, signed: {} }
    return { account, bundle: { messages: new Array(1 + below(random, 8)).fill({}) } }
  })
  return { items } as unknown as SealedBatch
}

function below(random: Random, limit: number): number {
  return Number(random.next() % BigInt(limit))
}
