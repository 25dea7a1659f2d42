import { type Enumeration, product, range, Tally } from '../enumeration.ts'
import { elements, solveProbe } from '../tiny.ts'
import { BITS } from './step-cases.ts'

/** Messages as they stand in a batch, and where the bundles of the slots end; `messages` for a slot that is not used. */
interface Split {
  readonly used: readonly number[]
  readonly unsigned: readonly number[]
  readonly sender: readonly number[]
  readonly end: readonly number[]
}

export const bundles: Enumeration = {
  name: 'EndBundles',
  claim:
    'Ends of bundles are accepted iff every used message that is not unsigned is in exactly one bundle of a slot, all messages of a bundle are used, signed and of one account, and slot g ends none before message g.',
  sizes: '4 messages and 3 slots, accounts of 1 bit, every end from -1 to 5',
  async run({ scale, onProgress, edits }) {
    const [messages, slots] = scale === 'full' ? [4, 3] : [3, 2]
    const solver = await solveProbe(
      { source: 'bundles.circom', template: 'EndBundlesProbe', args: [messages, slots], edits },
      {
        known: [
          ...['used', 'unsigned', 'sender'].flatMap((name) => elements(name, messages)),
          ...elements('end', slots),
        ],
        read: [...elements('signs', slots), ...elements('closes', messages)],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const bits = words(BITS, messages)
    product({ used: bits, unsigned: bits, sender: bits, end: words(range(-1, messages + 2), slots) }, (split) => {
      // UnpackMessage gives no unsigned message that is not used
      if (split.unsigned.some((bit, n) => bit > split.used[n]!)) return
      const { used, unsigned, sender, end } = split
      tally.check([...used, ...unsigned, ...sender, ...end], expectedOf(split))
    })
    return tally.counts()
  },
}

/** Every list of that length. */
function words(letters: readonly number[], length: number): number[][] {
  if (length === 0) return [[]]
  return words(letters, length - 1).flatMap((word) => letters.map((letter) => [...word, letter]))
}

function expectedOf({ used, unsigned, sender, end }: Split): number[] | undefined {
  const none = used.length
  const ends = end.filter((at) => at !== none)
  const isSigned = (n: number) => used[n] === 1 && unsigned[n] === 0
  /** Whether the message is in a bundle: of what stands up to the next end all is signed by its sender. */
  const isCovered = (n: number) => {
    const last = Math.min(...ends.filter((at) => at >= n))
    return last < none && range(n, last + 1).every((i) => isSigned(i) && sender[i] === sender[n])
  }
  const places = range(0, none)
  const isLegal =
    end.every((at, g) => at >= g && at <= none) &&
    new Set(ends).size === ends.length &&
    ends.every(isSigned) &&
    places.every((n) => !isSigned(n) || isCovered(n))
  if (!isLegal) return undefined
  const closes = places.map((n) => (isSigned(n) && !ends.includes(n) ? 0 : 1))
  return [...end.map((at) => (at === none ? 0 : 1)), ...closes]
}
