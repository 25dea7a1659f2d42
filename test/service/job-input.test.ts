import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import zlib, { zstdCompressSync } from 'node:zlib'
import { marginSufficiency, tradeBatch } from '../../circuits/index.ts'
import { FIELD_BYTES, flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitDefinition } from '../../circuits/types.ts'
import { decodeInput, encodeInput } from '../../service/jobs/input.ts'

const STEP = 16 << 10
const claim = tradeBatch.example('standard')
const plain = tradeBatch.buildInput(claim.statement, claim.witness, 'standard')
const encoded = encodeInput(tradeBatch, 'standard', claim)
const refused = { code: 'INPUT_INVALID', path: 'input' }

/** A circuit of so many words of input. */
function circuitOf(words: number, input: readonly bigint[]): CircuitDefinition {
  const definition = {
    ...marginSufficiency,
    inputShapes: () => ({ words: [words] }),
    buildInput: () => ({ words: input }),
  }
  return definition as unknown as CircuitDefinition
}

/** As whoever writes inputs might. */
function forged(compressed: Uint8Array, length = compressed.length, size = STEP): Uint8Array {
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setUint32(0, length, true)
  bytes.set(compressed, 4)
  return bytes
}

test('the input of a trade batch takes a third of its words or less, and is the same when it is read', () => {
  const { values } = flattenInput(tradeBatch, 'standard', plain)
  assert.ok(3 * encoded.length <= values.byteLength, `${encoded.length} of ${values.byteLength} bytes`)
  assert.equal(encoded.length % STEP, 0)
  assert.deepEqual(decodeInput(tradeBatch, 'standard', encoded), plain)
  // As a slice of what came over the network.
  const slice = Buffer.concat([Buffer.alloc(3), encoded]).subarray(3)
  assert.deepEqual(decodeInput(tradeBatch, 'standard', slice), plain)
})

test('an input that is no shorter for it goes as it is', () => {
  const words = Array.from({ length: 600 }, () => BigInt(`0x${randomBytes(31).toString('hex')}`))
  const circuit = circuitOf(600, words)
  const bytes = encodeInput(circuit, 'small', { statement: {}, witness: {} })
  assert.equal(bytes.length, 600 * FIELD_BYTES)
  assert.deepEqual(decodeInput(circuit, 'small', bytes), { words })
})

test('its length tells sixteen kilobytes of how much is in it', () => {
  const lengths = [1, 2, 40, 200].map((used) => {
    const words = Array.from({ length: 8_000 }, (_, i) =>
      i < used ? BigInt(`0x${randomBytes(31).toString('hex')}`) : 0n,
    )
    return encodeInput(circuitOf(8_000, words), 'small', { statement: {}, witness: {} }).length
  })
  assert.deepEqual(lengths, [STEP, STEP, STEP, STEP])
})

test('what is no input of the circuit is refused, however much it would unpack to', () => {
  const circuit = circuitOf(4_000, [])
  const whole = 4_000 * FIELD_BYTES
  const good = zstdCompressSync(Buffer.alloc(whole))
  assert.deepEqual(decodeInput(circuit, 'small', forged(good)), { words: new Array(4_000).fill(0n) })
  const bad: readonly [string, Uint8Array][] = [
    ['empty', new Uint8Array(0)],
    ['shorter than a length', new Uint8Array(3)],
    ['longer than its words', new Uint8Array(whole + 1)],
    ['one word less', zstdOf(whole - FIELD_BYTES)],
    ['one word more', zstdOf(whole + FIELD_BYTES)],
    ['a gigabyte', zstdOf(1 << 30)],
    ['a length beyond its end', forged(good, STEP)],
    ['the largest length', forged(good, 0xffff_ffff)],
    ['a length that cuts it', forged(good, good.length - 1)],
    ['nothing compressed', forged(good, 0)],
    ['noise', Buffer.from(randomBytes(STEP))],
  ]
  for (const [name, bytes] of bad) assert.throws(() => decodeInput(circuit, 'small', bytes), refused, name)
})

test('that there is no memory to read it in is no fault of an input, which would be refused for good', (t) => {
  const code = 'ZSTD_error_memory_allocation'
  const short = t.mock.method(zlib, 'zstdDecompressSync', () => {
    throw Object.assign(new Error('Allocation error'), { code })
  })
  syncBuiltinESMExports()
  try {
    assert.throws(() => decodeInput(tradeBatch, 'standard', encoded), { code })
  } finally {
    short.mock.restore()
    syncBuiltinESMExports()
  }
  assert.deepEqual(decodeInput(tradeBatch, 'standard', encoded), plain)
})

function zstdOf(bytes: number): Uint8Array {
  const compressed = zstdCompressSync(Buffer.alloc(bytes))
  return forged(compressed, compressed.length, STEP * Math.ceil((compressed.length + 4) / STEP))
}
