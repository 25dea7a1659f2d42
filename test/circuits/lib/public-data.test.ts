import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import {
  challengeWithoutCommitment,
  DATA_DOMAIN,
  DATA_KIND,
  DATA_WORDS,
  dataWords,
  fitted,
  otherLists,
  PUBLIC_DATA_SHAPES,
  publicDataInput,
  signalsFor,
} from '../../../lab/instances/public-data.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { dataCommitment, dataValue, type PublicData, publicData } from '../../../protocol/public-data.ts'
import { auditGadget } from '../../support/audit-gadget.ts'

const circuit = await gadget('PublicDataProbe', [DATA_WORDS], PUBLIC_DATA_SHAPES)

const accepts = (words: readonly bigint[], signals: PublicData) =>
  circuit.evaluate(publicDataInput(words, signals)).accepted

const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD - 1n), fc.bigInt(0n, 1000n), fc.bigInt(0n, FIELD - 1n))

suite('lib/public-data', () => {
  test("AssertPublicData takes the model's signals of any words, and no other value, challenge or commitment", () => {
    const words = fc.array(element, { minLength: DATA_WORDS, maxLength: DATA_WORDS })
    const agrees = (list: bigint[], kind: number) => {
      const signals = publicData(DATA_DOMAIN, kind, list)
      assert.ok(accepts(list, signals))
      for (const name of ['commitment', 'challenge', 'value'] as const) {
        const changed = { ...signals, [name]: (signals[name] + 1n) % FIELD }
        // The words behind the first are all 0: then every challenge gives the same value.
        const isConstant = name === 'challenge' && list.slice(1).every((word) => word === 0n)
        assert.equal(accepts(list, changed), isConstant, name)
      }
    }
    fc.assert(fc.property(words, fc.nat(5), agrees), { seed: 1, numRuns: 30 })
  })

  test('a prover who publishes another list than the circuit has is refused, whatever it changed', () => {
    const own = dataWords(5n)
    assert.ok(accepts(own, signalsFor(own, own)))
    for (const [what, published] of Object.entries(otherLists(own))) {
      assert.ok(!accepts(own, signalsFor(own, published)), what)
    }
    for (let i = 0; i < DATA_WORDS; i++) {
      const published = own.with(i, (own[i]! + 1n) % FIELD)
      assert.ok(!accepts(own, signalsFor(own, published)), `word ${i}`)
    }
  })

  test("another batch's signals, or one of them, are refused", () => {
    const [own, other] = [dataWords(5n), dataWords(6n)]
    const [mine, theirs] = [signalsFor(own, own), signalsFor(other, other)]
    assert.ok(!accepts(own, theirs))
    for (const name of ['commitment', 'challenge', 'value'] as const) {
      assert.ok(!accepts(own, { ...mine, [name]: theirs[name] }), name)
    }
  })

  test('signals of another kind of batch are refused, once the contract has computed its own', () => {
    const own = dataWords(5n)
    const [mine, other] = [signalsFor(own, own), signalsFor(own, own, DATA_KIND + 1)]
    assert.equal(mine.commitment, other.commitment)
    assert.ok(accepts(own, other))
    assert.notEqual(mine.challenge, other.challenge)
    assert.ok(!accepts(own, { ...other, value: mine.value }))
  })

  test('a list that ends earlier, where the circuit has zeros, has the same value: so its length must be checked', () => {
    const own = dataWords(5n).with(DATA_WORDS - 1, 0n)
    assert.ok(accepts(own, signalsFor(own, own.slice(0, -1))))
    assert.ok(!accepts(own, signalsFor(own, own.slice(1))))
  })

  test('a word + r has the same value: so what is published must be canonical', () => {
    const own = dataWords(5n)
    const { commitment, challenge } = signalsFor(own, own)
    const published = own.with(3, own[3]! + FIELD)
    const value = published.reduceRight((sum, word) => (sum * challenge + word) % FIELD, 0n)
    assert.ok(accepts(own, { commitment, challenge, value }))
  })

  test('were the commitment not hashed into the challenge, any list could be published for any other', () => {
    const published = dataWords(5n)
    const challenge = challengeWithoutCommitment(published)
    const value = dataValue(published, challenge)
    // The prover's own list says something else in word 4, and makes up for it in a word of its choice.
    for (const fitting of [0, 7, DATA_WORDS - 1]) {
      const own = fitted(published.with(4, 1_000_000n), fitting, challenge, value)
      assert.notDeepEqual(own, published)
      assert.ok(accepts(own, { commitment: dataCommitment(own), challenge, value }), 'the attack works')
      assert.ok(!accepts(own, signalsFor(own, published)), 'and fails against the challenge as it is')
    }
  })

  test('a prover who fits its list to the challenge gets another challenge, again and again', () => {
    const published = dataWords(5n)
    let own: readonly bigint[] = published.with(4, 1_000_000n)
    for (let attempt = 0; attempt < 50; attempt++) {
      const { challenge, value } = signalsFor(own, published)
      const next = fitted(own, 7, challenge, value)
      assert.equal(dataValue(next, challenge), value)
      assert.ok(!accepts(next, signalsFor(next, published)))
      own = next
    }
  })

  suite('a prover that computes with two lists', () => {
    const [own, other] = [dataWords(5n), dataWords(5n).with(DATA_WORDS - 1, 3n)]
    const [mine, theirs] = [signalsFor(own, own), signalsFor(other, other)]
    /** Signals whose names match, as they are for the other list. */
    const asForOther = (pattern: RegExp) => {
      const outcome = circuit.evaluate(publicDataInput(other, { ...theirs, challenge: mine.challenge }))
      const matching = circuit.names.filter((name) => pattern.test(name))
      return Object.fromEntries(matching.map((name) => [name, outcome.signal(name)]))
    }
    const refusedFor = (signals: PublicData, changes: Readonly<Record<string, bigint>>, rule: RegExp) =>
      assertBreaks(circuit.evaluate(publicDataInput(own, signals), changes).broken, [rule])

    test('is refused where the commitment is taken for the hash', () => {
      const changes = { 'check.digest': theirs.commitment }
      refusedFor({ ...mine, commitment: theirs.commitment }, changes, /check\.digest main\.check\.HashWords\w+\.digest/)
    })

    test('is refused where it hashes the one and sums the other', () => {
      const changes = asForOther(/^main\.check\.(HashWords|digest)/)
      const signals = { ...mine, commitment: theirs.commitment }
      refusedFor(signals, changes, /check\.words\[18\] main\.check\.HashWords\w+\.words\[18\]/)
    })

    test('is refused where it sums the other from its last word on', () => {
      const changes = asForOther(/^main\.check\.rest/)
      refusedFor(
        { ...mine, value: dataValue(other, mine.challenge) },
        changes,
        /check\.words\[18\] main\.check\.rest\[18\]/,
      )
    })
  })

  test('binds every signal', () => {
    const own = dataWords(9n)
    assert.deepEqual(circuit.freeSignals(publicDataInput(own, signalsFor(own, own))), [])
  })

  for (const [count, constraints] of [
    [19, 924],
    [50, 2197],
  ] as const) {
    test(`of ${count} words takes ${constraints} constraints, and the inputs determine every signal`, async () => {
      const shapes = { ...PUBLIC_DATA_SHAPES, words: [count] }
      const signals = ['dataCommitment', 'dataChallenge', 'dataValue']
      const audited = await auditGadget('PublicDataProbe', [count], shapes, signals)
      const { counts, contradictions, unusedPublicInputs } = audited.report
      assert.deepEqual([counts.HARMLESS, counts.FORGED, counts.UNKNOWN], [0, 0, 0])
      assert.ok(counts.PROVEN > 0)
      assert.deepEqual([contradictions, unusedPublicInputs], [[], []])
      assert.ok(audited.equivalent)
      assert.equal(audited.constraints, constraints)
    })
  }
})
