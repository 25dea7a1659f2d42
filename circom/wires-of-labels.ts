/**
 * The wire of each label; undefined if two wires have the same one. As circom writes them, labels ascend with the wires: then
 * they are looked up where they stand.
 */
export function wiresOfLabels(labelOf: Uint32Array): ((label: number) => number | undefined) | undefined {
  if (labelOf.every((label, wire) => wire === 0 || label > labelOf[wire - 1]!)) return (label) => find(labelOf, label)
  const wires = new Map<number, number>()
  for (const [wire, label] of labelOf.entries()) wires.set(label, wire)
  return wires.size === labelOf.length ? (label) => wires.get(label) : undefined
}

/** The place of a number in an ascending list. */
function find(ascending: Uint32Array, wanted: number): number | undefined {
  let [from, to] = [0, ascending.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (ascending[middle]! < wanted) from = middle + 1
    else to = middle
  }
  return ascending[from] === wanted ? from : undefined
}
