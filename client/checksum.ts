/** Price in quanta per lot, and lots at it. */
export type Level = readonly [price: bigint, size: bigint]

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

/** CRC-32 of the text `bids|asks`, each `price:size` of its levels from the best on, with commas between. */
export function bookChecksum(bids: readonly Level[], asks: readonly Level[]): number {
  const text = [bids, asks].map((levels) => levels.map(([price, size]) => `${price}:${size}`).join()).join('|')
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) crc = TABLE[(crc ^ text.charCodeAt(i)) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
