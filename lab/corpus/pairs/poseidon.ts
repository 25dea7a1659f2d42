import { buildPoseidon } from 'circomlibjs'

const permutation = await buildPoseidon()

/** Poseidon with circomlib's parameters, the tag being the capacity element; 0 is what circomlib's own template has. */
export function poseidon(words: readonly bigint[], tag = 0n): bigint {
  return permutation.F.toObject(permutation([...words], tag))
}
