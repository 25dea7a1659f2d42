import { FIELD_BYTES, type FlatInput } from '../circuits/input-schema.ts'

/** Where a circom assertion failed: the template and the line in its file. */
export interface TemplateLine {
  template: string
  line: number
}

/** Why there is no witness. Holds no values: inputs are private. */
export type WitnessFailure =
  /** A constraint or an assert does not hold; innermost template first. */
  | { kind: 'assert'; trace: TemplateLine[] }
  /** The program and the circuit definition disagree about the input signals. */
  | { kind: 'signals'; name: string }
  | { kind: 'crash'; reason: string }

export type WitnessResult = { witness: ArrayBuffer } | { failure: WitnessFailure }

/** What circom 2's WebAssembly exports. Names of signals are given as the high and low half of their FNV-1a hash. */
interface CircomExports {
  memory: WebAssembly.Memory
  /** Where in memory one field element is exchanged: 32 bytes, little-endian, not in Montgomery form. */
  getSharedRWMemoryStart(): number
  getFieldNumLen32(): number
  getInputSize(): number
  getInputSignalSize(high: number, low: number): number
  getWitnessSize(): number
  init(sanityCheck: number): void
  /** Sets one input to the shared element. The last one runs the whole circuit. */
  setInputSignal(high: number, low: number, position: number): void
  /** Copies one entry of the witness to the shared element. */
  getWitness(index: number): void
  /** The next character of circom's message, 0 at its end. */
  getMessageChar(): number
}

const ASSERT_FAILED = 4

/**
 * Runs circom's program on an input. A fresh instance for every input: nothing of one witness is left for the next.
 * The witness is one buffer of 32-byte little-endian field elements, entry 0 being 1.
 */
export function calculateWitness(program: WebAssembly.Module, input: FlatInput): WitnessResult {
  const trace: TemplateLine[] = []
  let thrown: number | undefined
  const circom = instantiate(program, {
    printErrorMessage: (message) => {
      const match = /template (\w+?)(?:_\d+)? line: (\d+)/.exec(message)
      if (match) trace.push({ template: match[1]!, line: Number(match[2]) })
    },
    exceptionHandler: (code) => {
      thrown = code
      throw new Error('circom stopped')
    },
  })
  const wrong = findWrongSignal(circom, input)
  if (wrong !== undefined) return { failure: { kind: 'signals', name: wrong } }
  try {
    return { witness: run(circom, input) }
  } catch (error) {
    if (thrown === ASSERT_FAILED) return { failure: { kind: 'assert', trace } }
    const reason = thrown === undefined ? String(error) : `circom's error code ${thrown}`
    return { failure: { kind: 'crash', reason } }
  }
}

interface Callbacks {
  printErrorMessage(message: string): void
  exceptionHandler(code: number): void
}

function instantiate(program: WebAssembly.Module, { printErrorMessage, exceptionHandler }: Callbacks): CircomExports {
  const message = () => {
    let text = ''
    for (let code = circom.getMessageChar(); code !== 0; code = circom.getMessageChar())
      text += String.fromCharCode(code)
    return text
  }
  const instance = new WebAssembly.Instance(program, {
    runtime: {
      exceptionHandler,
      printErrorMessage: () => printErrorMessage(message()),
      // What a circuit prints with log() may be private: it is read, so that the buffer is emptied, and dropped.
      writeBufferMessage: () => void message(),
      showSharedRWMemory: () => undefined,
    },
  })
  const circom = instance.exports as unknown as CircomExports
  return circom
}

/** A signal whose size the program sees otherwise; if inputs are left over, circom would return a witness of zeros. */
function findWrongSignal(circom: CircomExports, { signals }: FlatInput): string | undefined {
  if (circom.getFieldNumLen32() * 4 !== FIELD_BYTES) return 'field'
  const wrong = signals.find(({ name, size }) => circom.getInputSignalSize(...nameHash(name)) !== size)
  if (wrong !== undefined) return wrong.name
  const total = signals.reduce((sum, { size }) => sum + size, 0)
  return total === circom.getInputSize() ? undefined : 'an input that the definition does not list'
}

function run(circom: CircomExports, { signals, values }: FlatInput): ArrayBuffer {
  const shared = new Uint8Array(circom.memory.buffer, circom.getSharedRWMemoryStart(), FIELD_BYTES)
  circom.init(1)
  let offset = 0
  for (const { name, size } of signals) {
    const [high, low] = nameHash(name)
    for (let position = 0; position < size; position++, offset += FIELD_BYTES) {
      shared.set(new Uint8Array(values, offset, FIELD_BYTES))
      circom.setInputSignal(high, low, position)
    }
  }
  const witness = new Uint8Array(circom.getWitnessSize() * FIELD_BYTES)
  for (let index = 0; index * FIELD_BYTES < witness.length; index++) {
    circom.getWitness(index)
    witness.set(shared, index * FIELD_BYTES)
  }
  return witness.buffer
}

/** 64-bit FNV-1a, by which circom's programs know their signals. */
function nameHash(name: string): [high: number, low: number] {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(name)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)]
}
