import type { CircuitInput, InputShape } from '../../circuits/types.ts'
import { ALIAS } from './corpus/alias.ts'
import { ASSIGNED } from './corpus/assigned.ts'
import { CURVE } from './corpus/curve.ts'
import { DIVISION } from './corpus/division.ts'
import { HASH } from './corpus/hash.ts'
import { HINTS } from './corpus/hints.ts'
import { INDEX } from './corpus/index.ts'
import { MALLEABILITY } from './corpus/malleability.ts'
import type { Evidence, Pair, SoundnessClass } from './corpus/pair.ts'
import { PUBLIC } from './corpus/public.ts'
import { RANGE } from './corpus/range.ts'
import { REPLAY } from './corpus/replay.ts'
import { SELECTOR } from './corpus/selector.ts'
import { STRICT } from './corpus/strict.ts'

export type { Evidence, Pair, SoundnessClass } from './corpus/pair.ts'

/** Small circuits with one planted bug each, beside their corrected twins. */
export const PAIRS: readonly Pair[] = [
  ...ASSIGNED,
  ...HINTS,
  ...RANGE,
  ...ALIAS,
  ...DIVISION,
  ...SELECTOR,
  ...INDEX,
  ...MALLEABILITY,
  ...PUBLIC,
  ...REPLAY,
  ...CURVE,
  ...HASH,
  ...STRICT,
]

/** One circuit of the corpus. */
export interface CorpusCircuit {
  /** Name of its template; no other circuit has it. */
  readonly name: string
  readonly kind: 'bug' | 'twin'
  /** Name of the circuit that it stands beside. */
  readonly beside: string
  readonly class: SoundnessClass
  /** The mistake, in the bug; in the twin it is corrected. */
  readonly planted: string
  /** In circuits/. */
  readonly file: string
  readonly args: readonly number[]
  readonly inputs: Readonly<Record<string, InputShape>>
  readonly publicInputs: readonly string[]
  readonly outputs: readonly string[]
  readonly sample: CircuitInput
  readonly shown: Evidence
}

/** All circuits of the corpus, each bug before its twin. */
export const CORPUS: readonly CorpusCircuit[] = PAIRS.flatMap((pair) => {
  const { file, args, planted, inputs, publicInputs = [], outputs, sample, shown } = pair
  const common = { class: pair.class, file, args, planted, inputs, publicInputs, outputs, sample, shown }
  return [
    { ...common, name: pair.bug, kind: 'bug' as const, beside: pair.twin },
    { ...common, name: pair.twin, kind: 'twin' as const, beside: pair.bug, sample: pair.twinSample ?? sample },
  ]
})

/** The circuits whose bug is that an output has several values: an audit forges the bugs and proves the twins. */
export const DETERMINISM: readonly CorpusCircuit[] = CORPUS.filter(({ shown }) => shown.by === 'determinism')

/** What goes wrong outside of circuits, and the tests that show it there. */
export const OUTSIDE_CIRCUITS: Readonly<Record<string, readonly string[]>> = {
  'skipped phase 2': ['test/verifier/verification-key.test.ts', 'test/keys/ceremony/unsafe.test.ts'],
  'proofs that were made anew from others': ['test/verifier/verify.test.ts', 'test/contracts/settlement.test.ts'],
  'public inputs beyond the field, or of a wrong count': [
    'test/verifier/verify.test.ts',
    'test/contracts/verifier.test.ts',
  ],
  'a proof for another chain, contract or root': ['test/contracts/settlement.test.ts'],
}
