import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AbiCoder, keccak256 } from 'ethers'
import fc from 'fast-check'
import { DATA_DOMAIN, DATA_KIND, dataWords, otherLists, signalsFor } from '../../lab/instances/public-data.ts'
import { power } from '../../protocol/field.ts'
import { hashWords } from '../../protocol/hash.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { dataChallenge, dataCommitment, dataValue, publicData } from '../../protocol/public-data.ts'

const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD - 1n), fc.bigInt(0n, FIELD - 1n))
const words = fc.array(element, { minLength: 1, maxLength: 60 })
const refused = (path: string) => ({ name: 'ZkclearError', code: 'INPUT_INVALID', path })

describe('public data', () => {
  it('is these three numbers for the words 1, 2, 3 in domain 5, kind 1', () => {
    assert.deepEqual(publicData(5n, 1, [1n, 2n, 3n]), {
      commitment: 4637897735426404376722663021858610171217116336083773341681736877712324137658n,
      challenge: 108018290796622883577895880665707314894046359039735631755860182088292282005n,
      value: 4258815684129585867484048281465147694631697208873242167775167176446612526993n,
    })
  })

  it('commits to the words as every hash of many words does', () => {
    const commits = (list: bigint[]) => assert.equal(dataCommitment(list), hashWords('DATA', list))
    fc.assert(fc.property(words, commits), { seed: 1, numRuns: 50 })
  })

  it("has one commitment for a list and for its groups' digests with the rest, so that only the count tells them apart", () => {
    const own = dataWords(3n, 19)
    const shorter = [dataCommitment(own.slice(0, 16)), ...own.slice(16)]
    assert.equal(dataCommitment(shorter), dataCommitment(own))
  })

  it("asks at keccak256(abi.encode(domain, kind, commitment, words)) without its last byte, by ethers' encoding", () => {
    const types = ['uint256', 'uint256', 'uint256', 'uint256[]']
    const agrees = (domain: bigint, kind: number, commitment: bigint, list: bigint[]) => {
      const encoded = AbiCoder.defaultAbiCoder().encode(types, [domain, kind, commitment, list])
      const challenge = dataChallenge(domain, kind, commitment, list)
      assert.equal(challenge, BigInt(keccak256(encoded).slice(0, -2)))
      assert.ok(challenge < 1n << 248n)
    }
    const domain = fc.bigInt(0n, (1n << 248n) - 1n)
    fc.assert(fc.property(domain, fc.nat(), element, words, agrees), { seed: 2, numRuns: 100 })
  })

  it('has the sum of words[i] * challenge^i as its value', () => {
    const agrees = (list: bigint[], challenge: bigint) => {
      const sum = list.reduce((total, word, i) => (total + word * power(challenge, BigInt(i))) % FIELD, 0n)
      assert.equal(dataValue(list, challenge), sum)
    }
    fc.assert(fc.property(words, fc.bigInt(0n, (1n << 248n) - 1n), agrees), { seed: 3, numRuns: 100 })
  })

  it('differs in commitment, challenge and value for another word, bit or order, and in challenge for another kind or domain', () => {
    const own = dataWords(3n)
    const mine = publicData(DATA_DOMAIN, DATA_KIND, own)
    for (const [what, other] of Object.entries(otherLists(own))) {
      const theirs = publicData(DATA_DOMAIN, DATA_KIND, other)
      for (const name of ['commitment', 'challenge', 'value'] as const) {
        assert.notEqual(mine[name], theirs[name], `${name}: ${what}`)
      }
    }
    assert.notEqual(publicData(DATA_DOMAIN, DATA_KIND + 1, own).challenge, mine.challenge)
    assert.notEqual(publicData(DATA_DOMAIN + 1n, DATA_KIND, own).challenge, mine.challenge)
  })

  it('hashes the commitment into the challenge, and the number of words', () => {
    const own = dataWords(3n)
    const other = own.with(0, 1n)
    assert.notEqual(signalsFor(other, own).challenge, signalsFor(own, own).challenge)
    const ending = [...own, 0n]
    assert.notEqual(dataChallenge(DATA_DOMAIN, DATA_KIND, 1n, ending), dataChallenge(DATA_DOMAIN, DATA_KIND, 1n, own))
  })

  it('refuses words that are not canonical by their place, no words at all, and what is no list of bigints', () => {
    for (const word of [FIELD, FIELD + 1n, -1n, 1n << 256n, 5, '5', undefined, null]) {
      const list = [1n, 2n, word] as bigint[]
      assert.throws(() => dataCommitment(list), refused('words[2]'), `${word}`)
      assert.throws(() => dataChallenge(1n, 0, 1n, list), refused('words[2]'), `${word}`)
      assert.throws(() => dataValue(list, 1n), refused('words[2]'), `${word}`)
      assert.throws(() => publicData(1n, 0, list), refused('words[2]'), `${word}`)
    }
    const sparse: bigint[] = [1n]
    sparse[2] = 3n
    assert.throws(() => dataCommitment(sparse), refused('words[1]'))
    for (const list of [[], undefined, null, 'words', new Array(4097).fill(0n)]) {
      assert.throws(() => dataCommitment(list as bigint[]), refused('words'))
    }
  })

  it('refuses a domain, kind, commitment or challenge outside its range', () => {
    for (const domain of [-1n, 1n << 248n, 1, undefined]) {
      assert.throws(() => dataChallenge(domain as bigint, 0, 1n, [1n]), refused('domain'))
    }
    for (const kind of [-1, 0.5, Number.NaN, 2 ** 53, 1n, undefined]) {
      assert.throws(() => dataChallenge(1n, kind as number, 1n, [1n]), refused('kind'))
    }
    for (const commitment of [-1n, FIELD, '1', undefined]) {
      assert.throws(() => dataChallenge(1n, 0, commitment as bigint, [1n]), refused('commitment'))
    }
    for (const challenge of [-1n, 1n << 248n, 7, undefined]) {
      assert.throws(() => dataValue([1n], challenge as bigint), refused('challenge'))
    }
  })
})
