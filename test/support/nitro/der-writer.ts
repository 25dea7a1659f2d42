/** An element of DER. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...head), body])
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
export const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
export const integer = (value: number) => der(0x02, Buffer.of(value))
export const TRUE = der(0x01, Buffer.of(0xff))

/** A string of up to eight bits, the first one highest. */
export function bits(byte: number): Buffer {
  const unused = byte === 0 ? 0 : 31 - Math.clz32(byte & -byte)
  return byte === 0 ? der(0x03, Buffer.of(0)) : der(0x03, Buffer.of(unused, byte))
}

/** A common name. */
export function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))))
}

/** UTCTime. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '')
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}
