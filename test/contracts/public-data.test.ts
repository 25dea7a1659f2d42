import assert from 'node:assert/strict'
import fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import {
  challengeWithoutCommitment,
  DATA_DOMAIN,
  DATA_KIND,
  DATA_WORDS,
  dataWords,
  fitted,
  otherLists,
  signalsFor,
} from '../../lab/instances/public-data.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { dataChallenge, dataCommitment, dataValue, publicData } from '../../protocol/public-data.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import { createPublicDataVenue, signalsList } from '../support/contracts/public-data.ts'
import { proofArgument } from '../support/contracts/venue.ts'

describe('PublicData', () => {
  let venue: Awaited<ReturnType<typeof createPublicDataVenue>>
  before(async () => {
    venue = await createPublicDataVenue()
  })
  after(() => venue[Symbol.asyncDispose]())

  /** What the contract makes of words that are published with that commitment. */
  const signals = async (commitment: bigint, words: readonly bigint[], count = words.length, kind = DATA_KIND) => [
    ...((await venue.harness.signals!(DATA_DOMAIN, kind, commitment, count, words)) as bigint[]),
  ]

  const reverts = (call: Promise<unknown>, name: string, args: readonly unknown[]) =>
    assertReverts(call, venue.harness.interface, name, args)

  const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD - 1n), fc.bigInt(0n, FIELD - 1n))

  it("has the model's challenge and value for any words, kind, domain and commitment", async () => {
    const words = fc.array(element, { minLength: 1, maxLength: 60 })
    const agrees = async (domain: bigint, kind: number, commitment: bigint, list: bigint[]) => {
      const found = (await venue.harness.signals!(domain, kind, commitment, list.length, list)) as bigint[]
      const challenge = dataChallenge(domain, kind, commitment, list)
      assert.deepEqual([...found], [commitment, challenge, dataValue(list, challenge)])
    }
    const domain = fc.bigInt(0n, (1n << 248n) - 1n)
    await fc.assert(fc.asyncProperty(domain, fc.nat(), element, words, agrees), { seed: 1, numRuns: 100 })
    for (const count of [2, DATA_WORDS, 50]) {
      const list = dataWords(3n, count)
      const data = publicData(DATA_DOMAIN, DATA_KIND, list)
      assert.deepEqual(await signals(data.commitment, list), signalsList(data))
    }
  })

  it('refuses r, word + r and every larger word, at every place, and names the place', async () => {
    const words = dataWords(3n)
    for (const i of words.keys()) {
      for (const word of [FIELD, words[i]! + FIELD, (1n << 256n) - 1n]) {
        await reverts(signals(1n, words.with(i, word)), 'WordNotCanonical', [BigInt(i), word, FIELD])
      }
      assert.equal((await signals(1n, words.with(i, FIELD - 1n))).length, 3)
    }
  })

  it('refuses a commitment of r or more', async () => {
    for (const commitment of [FIELD, FIELD + 5n, (1n << 256n) - 1n]) {
      await reverts(signals(commitment, dataWords(3n)), 'NotCanonical', [commitment, FIELD])
    }
  })

  it('refuses more and fewer words than the circuit has', async () => {
    for (const count of [0, DATA_WORDS - 1, DATA_WORDS + 1]) {
      const given = BigInt(count)
      await reverts(signals(1n, dataWords(3n, count), DATA_WORDS), 'WordCountWrong', [given, BigInt(DATA_WORDS)])
    }
  })

  describe('before a verifier', () => {
    const own = dataWords(5n)
    const holds = async (
      proof: Awaited<ReturnType<typeof venue.prove>>,
      commitment: bigint,
      words: readonly bigint[],
      { kind = DATA_KIND, domain = DATA_DOMAIN } = {},
    ) => {
      const { target } = venue.verifier
      const argument = proofArgument(proof)
      return venue.harness.holds!(target, argument, domain, kind, commitment, DATA_WORDS, words) as Promise<boolean>
    }

    it('takes the proof of a circuit whose words are those published, and of no other words', async () => {
      const data = signalsFor(own, own)
      const proof = await venue.prove(own, data)
      assert.equal(await holds(proof, data.commitment, own), true)
      for (const [what, published] of Object.entries(otherLists(own))) {
        assert.equal(await holds(proof, data.commitment, published), false, what)
        assert.equal(await holds(proof, dataCommitment(published), published), false, `${what}, recommitted`)
      }
    })

    it('takes it for no other kind of batch, no other domain and no other commitment', async () => {
      const data = signalsFor(own, own)
      const proof = await venue.prove(own, data)
      assert.equal(await holds(proof, data.commitment, own, { kind: DATA_KIND + 1 }), false)
      assert.equal(await holds(proof, data.commitment, own, { domain: DATA_DOMAIN + 1n }), false)
      assert.equal(await holds(proof, data.commitment + 1n, own), false)
    })

    it("takes no proof for the words of another batch, whichever of that batch's signals it was made with", async () => {
      const other = dataWords(6n)
      const [mine, theirs] = [signalsFor(own, own), signalsFor(other, other)]
      const proof = await venue.prove(own, mine)
      assert.equal(await holds(proof, theirs.commitment, other), false)
      assert.equal(await holds(proof, mine.commitment, other), false)
      assert.equal(await holds(await venue.prove(other, theirs), theirs.commitment, own), false)
      await assert.rejects(venue.prove(own, theirs), { code: 'WITNESS_FAILED' })
      await assert.rejects(venue.prove(own, signalsFor(own, other)), { code: 'WITNESS_FAILED' })
    })

    it('would take any words, were the commitment not hashed into the challenge: a proof shows it, and is refused here', async () => {
      const published = own
      const challenge = challengeWithoutCommitment(published)
      const value = dataValue(published, challenge)
      const secret = fitted(published.with(4, 1_000_000n), 7, challenge, value)
      const attack = { commitment: dataCommitment(secret), challenge, value }
      const proof = await venue.prove(secret, attack)
      const { a, b, c } = proofArgument(proof)
      assert.equal(await venue.verifier.verifyProof!(a, b, c, signalsList(attack)), true)
      assert.equal(await holds(proof, attack.commitment, published), false)
    })

    it('would take a list that ends earlier, were its length not checked', async () => {
      const ending = own.with(DATA_WORDS - 1, 0n)
      const shorter = ending.slice(0, -1)
      const data = signalsFor(ending, shorter)
      const { a, b, c } = proofArgument(await venue.prove(ending, data))
      assert.equal(await venue.verifier.verifyProof!(a, b, c, signalsList(data)), true)
      assert.deepEqual(await signals(data.commitment, shorter), signalsList(data))
      await reverts(signals(data.commitment, shorter, DATA_WORDS), 'WordCountWrong', [18n, 19n])
    })
  })

  it('takes 123 gas a word: 3235 for 19 words, 7054 for 50', async () => {
    const gas = async (count: number) => {
      const words = dataWords(3n, count)
      return (await venue.harness.gasOf!(DATA_DOMAIN, DATA_KIND, dataCommitment(words), words)) as bigint
    }
    assert.deepEqual([await gas(19), await gas(50)], [3235n, 7054n])
  })
})
