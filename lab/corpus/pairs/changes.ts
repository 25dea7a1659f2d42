/** The n bits of a number, lowest first, as values of the signals name[0], name[1] and so on. */
export function bits(name: string, value: bigint, n: number): Record<string, bigint> {
  return Object.fromEntries(Array.from({ length: n }, (_, i) => [`${name}[${i}]`, (value >> BigInt(i)) & 1n]))
}
