import { ZkclearError } from '../../protocol/errors.ts'
import type { WitnessProgram } from './program.ts'

const MAGIC = 'zkwp'
const VERSION = 1
const HEADER_BYTES = 32
const CONSTANT_BYTES = 32
const WORD_BYTES = 4

/**
 * A program as a file: eight words (magic, version, wires, slots, inputs, constants, words of code, bytes of names), then the
 * constants, the code, the slots of the inputs, and the input signals as JSON.
 */
export function programFile({ signals, inputs, wireCount, slotCount, constants, code }: WitnessProgram): Uint8Array {
  const names = new TextEncoder().encode(JSON.stringify(signals))
  const words = HEADER_BYTES + CONSTANT_BYTES * constants.length
  const file = new Uint8Array(words + WORD_BYTES * (code.length + inputs.length) + names.length)
  const view = new DataView(file.buffer)
  for (let at = 0; at < MAGIC.length; at++) file[at] = MAGIC.charCodeAt(at)
  const counts = [VERSION, wireCount, slotCount, inputs.length, constants.length, code.length, names.length]
  for (const [at, count] of counts.entries()) view.setUint32(WORD_BYTES * (at + 1), count, true)
  for (const [at, constant] of constants.entries()) {
    for (let limb = 0; limb < 4; limb++) {
      view.setBigUint64(HEADER_BYTES + CONSTANT_BYTES * at + 8 * limb, (constant >> BigInt(64 * limb)) & LIMB, true)
    }
  }
  for (const [at, word] of code.entries()) view.setUint32(words + WORD_BYTES * at, word, true)
  for (const [at, slot] of inputs.entries()) view.setUint32(words + WORD_BYTES * (code.length + at), slot, true)
  file.set(names, file.length - names.length)
  return file
}

const LIMB = (1n << 64n) - 1n

/** The input signals of a program's file. Throws ARTIFACT_CORRUPT. */
export function programSignals(file: Uint8Array): WitnessProgram['signals'] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const bytes = file.length < HEADER_BYTES ? file.length : view.getUint32(HEADER_BYTES - WORD_BYTES, true)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(Math.max(file.length - bytes, 0)))
    const signals: unknown = JSON.parse(text)
    if (Array.isArray(signals) && signals.every(isSignal)) return signals
  } catch {
    // As for JSON that is no list of signals.
  }
  throw new ZkclearError('ARTIFACT_CORRUPT', 'the witness program does not name its inputs; build again')
}

function isSignal(value: unknown): value is WitnessProgram['signals'][number] {
  if (typeof value !== 'object' || value === null) return false
  const { name, size } = value as { name?: unknown; size?: unknown }
  return typeof name === 'string' && Number.isSafeInteger(size) && (size as number) > 0
}
