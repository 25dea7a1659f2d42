import type { R1cs } from '../circom/r1cs.ts'

/** 1 for each wire that some constraint mentions; no witness is held to anything in the others. */
export function mentionedWires({ nWires, wires }: Pick<R1cs, 'nWires' | 'wires'>): Uint8Array {
  const mentioned = new Uint8Array(nWires)
  for (const wire of wires) mentioned[wire] = 1
  return mentioned
}
