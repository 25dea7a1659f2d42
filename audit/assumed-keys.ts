import type { Symbols } from '../circom/symbols.ts'
import type { KeyAssumption } from '../circuits/review.ts'

/** The pairs of names that assumptions mean in a compiled circuit, whatever its sizes: `*` stands for each index. */
export function assumedKeys(
  assumptions: readonly KeyAssumption[],
  symbols: Symbols,
): (readonly [x: string, y: string])[] {
  return assumptions.flatMap(({ x, y }) => {
    const pairs: [string, string][] = []
    for (let i = 0; ; i++) {
      const [nameX, nameY] = [x.replace('*', `${i}`), y.replace('*', `${i}`)]
      if (symbols.wireOf(nameX) === undefined) return pairs
      pairs.push([nameX, nameY])
      if (!x.includes('*')) return pairs
    }
  })
}
