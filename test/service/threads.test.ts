import assert from 'node:assert/strict'
import { getPriority } from 'node:os'
import process from 'node:process'
import { it } from 'node:test'
import { ZkclearError } from '../../protocol/errors.ts'
import { reasonOf } from '../../service/threads/reason.ts'
import { Thread } from '../../service/threads/thread.ts'

const COUNTING = new URL('../support/service/counting-thread.ts', import.meta.url)
const YIELDING = new URL('../support/service/yielding-thread.ts', import.meta.url)
const DYING = new URL('../support/service/dying-thread.ts', import.meta.url)

it('a thread answers in the order in which it was asked, also after what it could not do, and before it ends', async () => {
  const lost: unknown[] = []
  const thread = new Thread<number, number>({
    ...{ module: COUNTING, task: 'counts' },
    onLost: (error) => lost.push(error),
  })
  const told: unknown[] = []
  const tell = (answer: unknown) => told.push(answer)
  for (const rounds of [50, -1, 0, 3]) {
    thread.ask(rounds).then(tell, (error: Error) => tell(error.message))
  }
  await thread[Symbol.asyncDispose]()
  assert.deepEqual(told, [50, '-1 rounds are none', 0, 3])
  await assert.rejects(thread.ask(1), /is being ended/)
  assert.deepEqual(lost, [])
})

it('what a thread that ends by itself had not answered fails with why, and so does all that it is asked later', async () => {
  const lost = Promise.withResolvers<Error>()
  await using thread = new Thread<number, number>({ module: DYING, task: 'counts', onLost: lost.resolve })
  const why = /^Error: the thread that counts has ended \(exit code 3\)$/
  await Promise.all([1, 2].map((asked) => assert.rejects(thread.ask(asked), why)))
  assert.match(String(await lost.promise), why)
  await assert.rejects(thread.ask(3), why)
})

it('a thread that gives way has a lower priority than the others, which keep theirs', async () => {
  const before = getPriority()
  await using thread = new Thread<null, number>({
    ...{ module: YIELDING, task: 'yields' },
    onLost: (error) => assert.fail(error),
  })
  const own = await thread.ask(null)
  assert.equal(getPriority(), before)
  // Elsewhere a thread has no priority of its own.
  assert.equal(own, process.platform === 'linux' ? Math.min(19, before + 10) : before)
})

it('says why work failed without what it worked on: of an error that is not ours, only its kind and its place', () => {
  const words = 'must be below 2^64'
  assert.equal(reasonOf(new ZkclearError('INPUT_INVALID', words, { path: 'order.price' })), `order.price: ${words}`)
  const secret = 4711.5
  try {
    BigInt(secret)
  } catch (error) {
    assert.match(String(error), /4711/)
    assert.match(reasonOf(error), /^RangeError at threads\.test\.ts:[0-9]+$/)
  }
  assert.equal(reasonOf('4711'), 'something that is no error was thrown')
})
