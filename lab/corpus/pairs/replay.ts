import type { BoundaryModel } from '../../../audit/boundary-model.ts'
import type { Pair } from './pair.ts'
import { poseidon } from './poseidon.ts'

type Message = { readonly chain: bigint; readonly nonce: bigint; readonly amount: bigint }

const signed: Message = { chain: 1n, nonce: 7n, amount: 5n }

function signedModel(digest: bigint): BoundaryModel<Message> {
  return {
    inputs: { chain: { bits: 8 }, nonce: { bits: 16 }, amount: { bits: 16 } },
    derive: () => ({ digest }),
    legal: ({ chain, nonce, amount }) =>
      (chain === signed.chain && nonce === signed.nonce && amount === signed.amount) || 'NOT_SIGNED',
    cases: [signed],
  }
}

const summed = poseidon([signed.chain + signed.nonce, signed.amount])
const separate = poseidon([signed.chain, signed.nonce, signed.amount])

export const REPLAY: readonly Pair[] = [
  {
    class: 'replay',
    file: 'replay.circom',
    bug: 'DigestOfAnyChain',
    twin: 'DigestOfChain',
    args: [],
    planted: 'what is signed leaves the chain out',
    inputs: { chain: [], nonce: [], amount: [] },
    publicInputs: ['chain'],
    outputs: ['digest'],
    sample: signed,
    shown: { by: 'unused input', signal: 'chain', where: 'sources' },
  },
  {
    class: 'replay',
    file: 'replay.circom',
    bug: 'SummedDomain',
    twin: 'SeparateDomain',
    args: [],
    planted: 'chain and nonce are signed as their sum',
    inputs: { digest: [], chain: [], nonce: [], amount: [] },
    outputs: [],
    sample: { ...signed, digest: summed },
    twinSample: { ...signed, digest: separate },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: signedModel(summed),
      twinModel: signedModel(separate),
    },
  },
]
