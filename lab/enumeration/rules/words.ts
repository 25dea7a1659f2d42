import type { OrderInHand } from '../../../protocol/book.ts'
import type { Message } from '../../../protocol/message.ts'
import type { TimeInForce } from '../../../protocol/parameters.ts'
import { assertSameRelation, type Enumeration, product, range, relationOf, sum, Tally } from '../enumeration.ts'
import { elements, solveProbe, TINY, type TinyModel, type TinyName, tinyModel } from '../tiny.ts'

const WIDTHS = ['expiring', 'partial', 'queue', 'prices'] as const
const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'IOC', 'POST_ONLY']
const all = (bits: number) => range(0, 2 ** bits)
const bit = (on: boolean) => (on ? 1 : 0)

/** One kind of word at all widths: every solution of the template against every word that the model makes. */
function words(
  head: Omit<Enumeration, 'run'>,
  template: string,
  read: readonly string[],
  model: (model: TinyModel, widths: TinyName) => Iterable<readonly number[]>,
): Enumeration {
  return {
    ...head,
    async run({ edits }) {
      const counts = WIDTHS.map(async (widths) => {
        const solver = await solveProbe({ widths, source: 'words.circom', template, edits }, { known: [], read })
        const legal = new Set([...model(await tinyModel(widths), widths)].map((one) => one.join(' ')))
        return assertSameRelation(relationOf(solver), legal)
      })
      return sum(await Promise.all(counts))
    },
  }
}

export const slotWords = words(
  {
    name: 'UnpackSlot, PackSlot',
    claim: 'Exactly the words of the width unpack, to the fields that the model reads and no others, and pack again.',
    sizes: '6-bit slots at four sets of widths; the whole field',
  },
  'SlotProbe',
  ['word', ...elements('fields', 5), 'again'],
  function* ({ slot }) {
    for (const word of all(slot.SLOT_BITS)) {
      const { priority, sequence, account, expiry, size } = slot.unpackSlot(BigInt(word))
      yield [word, ...[priority, sequence, account, expiry, size].map(Number), word]
      if (slot.packSlot({ priority, sequence, account, expiry, size }) !== BigInt(word)) throw new Error(`${word}`)
    }
  },
)

export const handWords = words(
  {
    name: 'UnpackHand, PackHand',
    claim: 'Every word of the width unpacks to the fields that pack to it and to no others; 0 alone is no order.',
    sizes: 'words of 8 to 10 bits at four sets of widths; the whole field',
  },
  'HandProbe',
  ['word', 'inHand', ...elements('fields', 10), 'again'],
  function* ({ book }, widths) {
    const bits = TINY[widths]
    const flags = [0, 1]
    const fields = {
      account: all(bits.account),
      sell: flags,
      price: all(bits.price),
      remaining: all(bits.size),
      ioc: flags,
      postOnly: flags,
      reduceOnly: flags,
      expiry: all(bits.time),
    }
    const legal: number[][] = []
    product(fields, (f) => {
      const hand: OrderInHand = {
        account: f.account,
        side: f.sell === 1 ? 'sell' : 'buy',
        price: BigInt(f.price),
        remaining: BigInt(f.remaining),
        timeInForce: TIMES_IN_FORCE[f.ioc + 2 * f.postOnly]!,
        reduceOnly: f.reduceOnly === 1,
        expiry: BigInt(f.expiry),
      }
      // what is both is a cancel of all orders; with price, lots or expiry, which no book holds, it still has its one meaning
      const isBoth = f.ioc + f.postOnly === 2
      const time = BigInt(bits.time)
      const word = isBoth ? book.packHand({ ...hand, timeInForce: 'IOC' }) + (2n << (time + 1n)) : book.packHand(hand)
      const read = isBoth ? { ...f, ioc: 0, postOnly: 0, reduceOnly: 0 } : f
      const flags = isBoth ? [1, f.reduceOnly] : [0, 0]
      legal.push([Number(word), bit(word !== 0n), ...Object.values(read), ...flags, Number(word)])
    })
    yield* legal
  },
)

export const messageWords: Enumeration = {
  name: 'UnpackMessage',
  claim:
    'Of all field elements exactly 0 and the words of well-formed messages for the market unpack, to their fields.',
  sizes: 'words of 11 to 13 bits at four sets of widths, markets -1 to 2; the whole field',
  async run({ edits }) {
    const counts = WIDTHS.map(async (widths) => {
      const { message } = await tinyModel(widths)
      const known = ['market']
      const read = ['word', ...elements('fields', 13)]
      const solver = await solveProbe(
        { widths, source: 'words.circom', template: 'MessageProbe', edits },
        { known, read },
      )
      return range(-1, 3).map((market) => {
        const legal = new Set(wellFormedWords(message, widths, market).map((one) => one.join(' ')))
        const relation = new Set<string>()
        solver.solve([market], (values) => relation.add(values.join(' ')))
        return assertSameRelation(relation, legal)
      })
    })
    return sum((await Promise.all(counts)).flat())
  },
}

export const nextMessage: Enumeration = {
  name: 'the next message',
  claim: 'A step sees the message behind those that were loaded, or none behind the last; there is no other count.',
  sizes: 'all pairs of words of well-formed messages, unused ones included; counts of -1 to 4',
  async run({ scale, onProgress, edits }) {
    const { message } = await tinyModel('expiring')
    const solver = await solveProbe(
      { source: 'messages.circom', template: 'NextMessageProbe', args: [2], edits },
      { known: ['loadedBefore', ...elements('word', 2)], read: elements('fields', 13), bound: 1 << 12 },
    )
    const tally = new Tally(solver, onProgress)
    const words = wellFormedWords(message, 'expiring', 0)
    const some = scale === 'full' ? words : words.filter((_, i) => i % 9 === 0)
    const none = new Array(13).fill(0)
    product({ loaded: range(-1, 5), first: some, second: some }, ({ loaded, first, second }) => {
      tally.check([loaded, first[0]!, second[0]!], [first.slice(1), second.slice(1), none][loaded])
    })
    return tally.counts()
  },
}

/** 0 and the words of all well-formed messages for the market, each with its fields. */
function wellFormedWords(message: TinyModel['message'], widths: TinyName, market: number): number[][] {
  const words = [new Array(14).fill(0)]
  forEachMessage(widths, (one) => {
    if (one.market !== market || !isWellFormed(message, one)) return
    const order = one.kind === 'order' ? one : undefined
    const fields = [
      message.packMessage(one),
      1,
      bit(order === undefined),
      one.account,
      bit(one.side === 'sell'),
      one.kind === 'cancel-all' ? 0 : one.price,
      one.kind === 'order' ? one.size : one.kind === 'cancel' ? one.sequence : 0,
      bit(order?.timeInForce === 'IOC'),
      bit(order?.timeInForce === 'POST_ONLY'),
      bit(order?.reduceOnly === true),
      order?.expiry ?? 0,
      one.nonce,
      bit(one.kind === 'cancel-all'),
      bit(one.side === 'both'),
    ]
    words.push(fields.map(Number))
  })
  return words
}

/** Every message whose fields have their widths, well-formed or not. */
function forEachMessage(widths: TinyName, act: (message: Message) => void): void {
  const bits = TINY[widths]
  const big = (n: number) => all(n).map(BigInt)
  const owner = { market: all(bits.market), account: all(bits.account), nonce: big(bits.nonce) }
  const head = { ...owner, side: ['buy', 'sell'] as const, price: big(bits.price) }
  const rest = { timeInForce: TIMES_IN_FORCE, reduceOnly: [false, true], expiry: big(bits.time) }
  product({ ...head, ...rest, size: big(bits.size) }, (point) => act({ kind: 'order', ...point }))
  product({ ...head, sequence: big(bits.sequence) }, (point) => act({ kind: 'cancel', ...point }))
  product({ ...owner, side: ['buy', 'sell', 'both'] as const }, (point) => act({ kind: 'cancel-all', ...point }))
}

function isWellFormed(message: TinyModel['message'], one: Message): boolean {
  try {
    message.assertWellFormed(one)
    return true
  } catch {
    return false
  }
}
