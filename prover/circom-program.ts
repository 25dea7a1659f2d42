/** circom's witness program of a circuit, compiled when it is first asked for. All who ask get the same module. */
export type CircomProgram = () => Promise<WebAssembly.Module>

/**
 * Where a circuit has a witness program of its own, circom's is only asked about inputs that this refuses, and compiling it takes
 * more memory than its file by far.
 */
export function circomProgram(wasm: Uint8Array<ArrayBuffer>): CircomProgram {
  let compiled: Promise<WebAssembly.Module> | undefined
  return () => (compiled ??= WebAssembly.compile(wasm))
}
