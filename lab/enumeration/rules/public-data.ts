import type { AccountUpdate } from '../../../protocol/account-update.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { dataCommitment } from '../../../protocol/public-data.ts'
import { assertSameRelation, type Enumeration, product, range, specialElements, sum, Tally } from '../enumeration.ts'
import { elements, solveProbe, TINY, type TinyModel, tinyModel } from '../tiny.ts'

const SOURCE = 'public-data.circom'

export const publicData: Enumeration = {
  name: 'AssertPublicData',
  claim: 'For given words and challenge there is one commitment and one value: the hash of the words, and their sum.',
  sizes: 'three words in [-2, 2], challenges in [-3, 3] and special field elements; the whole field for the results',
  async run({ scale, onProgress, edits }) {
    const known = [...elements('words', 3), 'challenge']
    const probe = { source: SOURCE, template: 'PublicDataProbe', args: [3], edits }
    const tally = new Tally(await solveProbe(probe, { known, read: ['commitment', 'value'] }), onProgress)
    const some = (scale === 'full' ? range(-2, 3) : [-1, 0, 2]).map(element)
    const challenges = [...new Set([...range(-3, 4).map(element), ...specialElements([248])])]
    product({ a: some, b: some, c: some }, ({ a, b, c }) => {
      const commitment = dataCommitment([a, b, c])
      for (const challenge of challenges) {
        const value = (a + challenge * (b + challenge * c)) % FIELD
        tally.checkExactly([a, b, c, challenge], [commitment, value])
      }
    })
    return tally.counts()
  },
}

const HEAD = ['market', 'nonce', 'cash'] as const
const POSITION = ['size', 'fundingIndex', 'openBuy', 'openSell'] as const

export const packedUpdates: Enumeration = {
  name: 'PackUpdate',
  claim: 'Fields of the widths and words are one to one, and as the model packs and unpacks them.',
  sizes: 'words of 8 bits, and of 11 and 14 bits, at two sets of widths; the whole field for every number',
  async run({ edits }) {
    const counts = (['margin', 'expiring'] as const).map(async (widths) => {
      const { accountUpdate } = await tinyModel(widths)
      const { market, nonce, collateral, position, fundingIndex } = TINY[widths]
      const relations = [
        { read: HEAD, known: POSITION, word: 0, bits: market + nonce + collateral + 1 },
        { read: POSITION, known: HEAD, word: 1, bits: position + 1 + fundingIndex + 1 + 2 * position },
      ] as const
      const compared = relations.map(async ({ read, known, word, bits }) => {
        const probe = { widths, source: SOURCE, template: 'PackUpdateProbe', edits }
        const solver = await solveProbe(probe, { known, read: [...read, `words[${word}]`] })
        const relation = new Set<string>()
        solver.solve(new Array(known.length).fill(0), (values) => relation.add(values.join(' ')))
        return assertSameRelation(relation, new Set(unpacked(accountUpdate, read, word, bits)))
      })
      return sum(await Promise.all(compared))
    })
    return sum(await Promise.all(counts))
  },
}

/** Every word of that many bits with the fields that the model unpacks it to. */
function* unpacked(
  { packUpdate, unpackUpdate }: TinyModel['accountUpdate'],
  read: readonly string[],
  place: 0 | 1,
  bits: number,
): Generator<string> {
  for (const word of range(0, 2 ** bits)) {
    const words = place === 0 ? ([BigInt(word), 0n] as const) : ([0n, BigInt(word)] as const)
    const update = unpackUpdate(words)!
    if (packUpdate(update)[place] !== BigInt(word)) throw new Error(`${word}`)
    const fields = fieldsOf(update)
    yield [...read.map((name) => fields[name]), word].join(' ')
  }
  if (unpackUpdate(place === 0 ? [1n << BigInt(bits), 0n] : [0n, 1n << BigInt(bits)]) !== undefined) {
    throw new Error(`a word of ${bits + 1} bits unpacks`)
  }
}

const fieldsOf = ({ position, ...head }: AccountUpdate): Readonly<Record<string, bigint | number>> => ({
  ...head,
  ...position,
})

function element(x: number): bigint {
  return x < 0 ? FIELD + BigInt(x) : BigInt(x)
}
