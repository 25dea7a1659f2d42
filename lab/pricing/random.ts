/** Numbers in [0, 1) that are the same in every run (xorshift, Marsaglia 2003). */
export function seededRandom(seed: number): () => number {
  let state = seed * 2_654_435_769 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
