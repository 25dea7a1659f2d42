import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { COMPILER_VERSION } from '../../../circom/main-component.ts'
import {
  checkedTranscript,
  parseTranscript,
  type Round,
  type Transcript,
  transcriptAfter,
  transcriptDigest,
  transcriptText,
} from '../../../keys/ceremony/transcript.ts'

const HASH = 'ab'.repeat(32)
const LONG_HASH = 'ab'.repeat(64)
const TIME = '2030-01-15T18:00:00.000Z'
const CIRCUITS = ['product', 'below']

const chained = (transcript: Transcript): Transcript => {
  for (const [index, round] of transcript.rounds.entries()) {
    Object.assign(round, { index: index + 1, previous: transcriptDigest(transcriptAfter(transcript, index)) })
  }
  return transcript
}

const roundOf = (kind: Round['kind']): Round =>
  ({
    kind,
    index: 1,
    previous: HASH,
    time: TIME,
    name: 'Somebody',
    keys: CIRCUITS.map((circuit) => ({ circuit, contribution: LONG_HASH, key: HASH, verificationKey: HASH })),
    ...(kind === 'beacon' ? { value: HASH, iterationsExponent: 10, source: '' } : { attestation: '' }),
  }) as Round

/** A transcript of two contributions and a beacon, in order and chained. */
const sound = (): Transcript =>
  checkedTranscript(
    chained({
      format: 'zkclear-ceremony',
      version: 2,
      protocol: 'groth16',
      curve: 'bn128',
      profile: 'small',
      compiler: COMPILER_VERSION,
      optimization: 'O2',
      created: TIME,
      beaconPlan: 'a plan',
      powersOfTau: { name: null, power: 8, bytes: 1, blake2b512: LONG_HASH },
      circuits: CIRCUITS.map((circuit) => ({
        circuit,
        constraints: 1,
        power: 3,
        r1cs: HASH,
        initialKey: HASH,
        circuitHash: LONG_HASH,
      })),
      rounds: [roundOf('contribution'), roundOf('contribution'), roundOf('beacon')],
    }),
  )

describe('parseTranscript', () => {
  test('takes a transcript in the form that it is hashed in', () => {
    assert.deepEqual(parseTranscript(transcriptText(sound()), 'here'), sound())
  })

  const refuses = (text: string, message: RegExp) =>
    assert.throws(() => parseTranscript(text, 'here'), { code: 'CEREMONY_INVALID', path: 'here', message })

  const faults: Record<string, [change: (transcript: Transcript) => unknown, reason: RegExp]> = {
    'a round with the number of another one': [
      ({ rounds }) => Object.assign(rounds[1]!, { index: 1 }),
      /has round 1 where round 2 belongs/,
    ],
    'a round that does not follow the ones before it': [
      ({ rounds }) => Object.assign(rounds[1]!, { previous: HASH }),
      /has a round 2 that does not follow/,
    ],
    'a word changed without chaining again': [
      (transcript) => Object.assign(transcript, { beaconPlan: 'another plan' }),
      /has a round 1 that does not follow/,
    ],
    'a round without one of the circuits': [
      (transcript) => {
        transcript.rounds[1]!.keys.pop()
        chained(transcript)
      },
      /has a round 2 that is not for exactly the circuits product, below/,
    ],
    'a round with the circuits in another order': [
      (transcript) => {
        transcript.rounds[1]!.keys.reverse()
        chained(transcript)
      },
      /has a round 2 that is not for exactly the circuits/,
    ],
    'a circuit twice': [
      (transcript) => {
        transcript.circuits[1]!.circuit = 'product'
        for (const { keys } of transcript.rounds) keys[1]!.circuit = 'product'
        chained(transcript)
      },
      /has a circuit twice/,
    ],
    'a round after the beacon': [
      (transcript) => {
        transcript.rounds.push(roundOf('contribution'))
        chained(transcript)
      },
      /has a round after the beacon/,
    ],
    'a circuit whose name is a path': [
      (transcript) => Object.assign(transcript.circuits[0]!, { circuit: '../product' }),
      /is malformed/,
    ],
    'a field that is unknown': [(transcript) => Object.assign(transcript, { note: '' }), /is malformed/],
    'an earlier version, whose contributions were bound to nothing': [
      (transcript) => Object.assign(transcript, { version: 1 }),
      /is malformed/,
    ],
  }
  for (const [what, [change, reason]] of Object.entries(faults)) {
    test(`refuses ${what}`, () => {
      const transcript = sound()
      change(transcript)
      refuses(transcriptText(transcript), reason)
    })
  }

  test('refuses the same facts in another spelling, which would have another digest', () => {
    refuses(JSON.stringify(sound()), /is not in the form that it is hashed in/)
    refuses(`${transcriptText(sound())}\n`, /is not in the form that it is hashed in/)
    const { rounds, ...rest } = sound()
    refuses(transcriptText({ rounds, ...rest }), /is not in the form that it is hashed in/)
    refuses('{', /is not JSON/)
  })
})
