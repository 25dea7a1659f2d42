/** The two source groups of the pairing. */
export type Group = 'g1' | 'g2'

/** Bytes of an affine point: two coordinates of 32 or 64 bytes. */
export const POINT_BYTES: Readonly<Record<Group, number>> = { g1: 64, g2: 128 }

const SCALAR_BITS = 254

type WasmFunction = (...args: number[]) => number

/** The curve's WebAssembly with its own memory: called directly, without an object and a copy per operation. */
export class CurveMemory {
  readonly memory = new WebAssembly.Memory({ initial: 25 })
  readonly exports: Record<string, WasmFunction>

  constructor(module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, { env: { memory: this.memory } })
    this.exports = instance.exports as Record<string, WasmFunction>
  }

  /** Reserves bytes. The module keeps the address of its free space in word 0. */
  allocate(length: number): number {
    const word = new Uint32Array(this.memory.buffer, 0, 1)
    const start = (word[0]! + 7) & ~7
    word[0] = start + length
    this.reserve(0)
    return start
  }

  /** Makes room for what a call takes for itself above the free address: the module never grows its own memory. */
  reserve(length: number): void {
    const free = new Uint32Array(this.memory.buffer, 0, 1)[0]!
    const missing = free + length - this.memory.buffer.byteLength
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536))
  }

  /** Runs `work` and then frees what it allocated. */
  scoped<T>(work: () => T): T {
    const free = new Uint32Array(this.memory.buffer, 0, 1)[0]!
    try {
      return work()
    } finally {
      new Uint32Array(this.memory.buffer, 0, 1)[0] = free
    }
  }
}

/**
 * Multiples of a group's generator. The scalar is cut into windows of `bits` bits; a table holds every multiple of
 * 2^(bits * j) times the generator for window j, so that a product is one addition per window and no doubling.
 */
export class FixedBase {
  readonly #wasm: CurveMemory
  readonly #group: Group
  readonly #bits: number
  readonly #table: number

  constructor(wasm: CurveMemory, group: Group, generator: number, bits: number) {
    this.#wasm = wasm
    this.#group = group
    this.#bits = bits
    this.#table = this.#buildTable(generator)
  }

  get #windows(): number {
    return Math.ceil(SCALAR_BITS / this.#bits)
  }

  #call(name: string): WasmFunction {
    return this.#wasm.exports[`${this.#group}m_${name}`]!
  }

  /** Row j holds the affine points k * 2^(bits * j) * generator for k = 0 .. 2^bits - 1. */
  #buildTable(generator: number): number {
    const affine = POINT_BYTES[this.#group]
    const jacobian = (affine * 3) / 2
    const entries = 2 ** this.#bits
    const table = this.#wasm.allocate(this.#windows * entries * affine)
    this.#wasm.scoped(() => {
      const row = this.#wasm.allocate((entries + 1) * jacobian)
      const base = this.#wasm.allocate(affine)
      this.#call('copyAffine')(generator, base)
      for (let window = 0; window < this.#windows; window++) {
        this.#call('zero')(row)
        for (let k = 1; k <= entries; k++) {
          this.#call('addMixed')(row + (k - 1) * jacobian, base, row + k * jacobian)
        }
        this.#call('toAffine')(row + entries * jacobian, base)
        this.#wasm.reserve(entries * jacobian)
        this.#call('batchToAffine')(row, entries, table + window * entries * affine)
      }
    })
    return table
  }

  /** The affine points scalar * generator; scalars are 32 bytes each, least significant first, below r. */
  multiply(scalars: Uint8Array): Uint8Array<ArrayBuffer> {
    const count = scalars.byteLength / 32
    const affine = POINT_BYTES[this.#group]
    const jacobian = (affine * 3) / 2
    const [zero, addMixed] = [this.#call('zero'), this.#call('addMixed')]
    const stride = 2 ** this.#bits * affine
    const view = new DataView(scalars.buffer, scalars.byteOffset, scalars.byteLength)
    return this.#wasm.scoped(() => {
      const points = this.#wasm.allocate(count * jacobian)
      for (let index = 0; index < count; index++) {
        const point = points + index * jacobian
        zero(point)
        for (let window = 0; window < this.#windows; window++) {
          const digit = digitAt(view, 256 * index, window * this.#bits, this.#bits)
          if (digit > 0) addMixed(point, this.#table + window * stride + digit * affine, point)
        }
      }
      this.#wasm.reserve(count * jacobian)
      this.#call('batchToAffine')(points, count, points)
      return new Uint8Array(this.#wasm.memory.buffer, points, count * affine).slice()
    })
  }
}

/** Bits `from` to `from + bits` (bits <= 16) of the 256-bit number at bit offset `base`. */
function digitAt(view: DataView, base: number, from: number, bits: number): number {
  const byte = (base + from) >>> 3
  const end = (base >>> 3) + 32
  let word = 0
  for (let index = 0; index < 3 && byte + index < end; index++) word |= view.getUint8(byte + index) << (8 * index)
  return (word >>> (from & 7)) & (2 ** bits - 1)
}
