export type Item = number | bigint | string | null | Uint8Array | readonly Item[] | ReadonlyMap<number | string, Item>

/** An item of CBOR, as short as it can be. */
export function cbor(item: Item): Buffer {
  if (item === null) return Buffer.of(0xf6)
  if (typeof item === 'number' || typeof item === 'bigint') {
    const value = BigInt(item)
    return value >= 0n ? head(0, value) : head(1, -1n - value)
  }
  if (typeof item === 'string') return Buffer.concat([head(3, BigInt(Buffer.byteLength(item))), Buffer.from(item)])
  if (item instanceof Uint8Array) return Buffer.concat([head(2, BigInt(item.length)), item])
  if (item instanceof Map) {
    const entries = [...(item as ReadonlyMap<number | string, Item>)].flatMap(([key, value]) => [
      cbor(key),
      cbor(value),
    ])
    return Buffer.concat([head(5, BigInt(item.size)), ...entries])
  }
  const items = item as readonly Item[]
  return Buffer.concat([head(4, BigInt(items.length)), ...items.map(cbor)])
}

function head(major: number, value: bigint): Buffer {
  const sizes = [1, 2, 4, 8]
  if (value < 24n) return Buffer.of((major << 5) | Number(value))
  const index = sizes.findIndex((size) => value < 1n << BigInt(8 * size))
  const size = sizes[index]!
  return Buffer.from([(major << 5) | (24 + index), ...Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')])
}
