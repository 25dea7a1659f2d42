import type { CircuitInput, InputShape } from '../../circuits/types.ts'
import { ALIAS } from './pairs/alias.ts'
import { ASSIGNED } from './pairs/assigned.ts'
import { CARRIED } from './pairs/carried.ts'
import { CURVE } from './pairs/curve.ts'
import { DIGITS } from './pairs/digits.ts'
import { DIVISION } from './pairs/division.ts'
import { GUARDS } from './pairs/guards.ts'
import { HASH } from './pairs/hash.ts'
import { HINTS } from './pairs/hints.ts'
import { INDEX } from './pairs/index.ts'
import { JOINT } from './pairs/joint.ts'
import { LADDER } from './pairs/ladder.ts'
import { LIMBS } from './pairs/limbs.ts'
import { MALLEABILITY } from './pairs/malleability.ts'
import type { Evidence, Pair, SoundnessClass } from './pairs/pair.ts'
import { PUBLIC } from './pairs/public.ts'
import { RANGE } from './pairs/range.ts'
import { REPLAY } from './pairs/replay.ts'
import { SELECTOR } from './pairs/selector.ts'
import { STRICT } from './pairs/strict.ts'
import { UNUSED } from './pairs/unused.ts'
import { WRAPS } from './pairs/wraps.ts'

export type { Evidence, Pair, SoundnessClass } from './pairs/pair.ts'

/** Small circuits with one planted bug each, beside their corrected twins. */
export const PAIRS: readonly Pair[] = [
  ...ASSIGNED,
  ...HINTS,
  ...RANGE,
  ...ALIAS,
  ...DIVISION,
  ...DIGITS,
  ...SELECTOR,
  ...INDEX,
  ...MALLEABILITY,
  ...PUBLIC,
  ...REPLAY,
  ...CURVE,
  ...GUARDS,
  ...LIMBS,
  ...LADDER,
  ...HASH,
  ...STRICT,
  ...JOINT,
  ...CARRIED,
  ...UNUSED,
  ...WRAPS,
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
  'proofs that were made anew from others': ['test/verifier/verify.test.ts', 'test/contracts/transactions.test.ts'],
  'public inputs beyond the field, or of a wrong count': [
    'test/verifier/verify.test.ts',
    'test/contracts/verifier.test.ts',
  ],
  'a proof for another chain, contract or root': ['test/contracts/settlement/settle.test.ts'],
}
