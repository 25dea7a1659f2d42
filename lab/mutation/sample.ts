/** `count` of the items, in their order: the same ones for the same seed. */
export function sampleOf<T>(items: readonly T[], count: number, seed: number): T[] {
  let state = BigInt(seed) + 0x9e3779b97f4a7c15n
  const keyed = items.map((item, index) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    return { item, index, key: state >> 16n }
  })
  const chosen = keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, count)
  return chosen.sort((a, b) => a.index - b.index).map(({ item }) => item)
}
