import { fileURLToPath } from 'node:url'
import type { CompilableCircuit } from '../../../circom/main-component.ts'

/** Folder of the toy circuits: the `sourceRoots` to compile them with. */
export const TOY_SOURCES = [fileURLToPath(new URL('.', import.meta.url))]

function toy(name: string, publicSignals: readonly string[], args: readonly number[] = []): CompilableCircuit {
  const template = name[0]!.toUpperCase() + name.slice(1)
  return { name, template, source: `${name}.circom`, publicSignals, templateArguments: () => args }
}

/** Three constraints, three public inputs, one of which (offset) occurs in linear terms only. */
export const product = toy('product', ['product', 'square', 'offset'])

/** 108 constraints, fewer than 2^7: a comparison of 36-bit numbers. */
export const below = toy('below', ['bound'], [36])

/** 237 constraints, fewer than 2^8: Poseidon and a comparison of 8-bit numbers. */
export const preimage = toy('preimage', ['digest', 'bound'], [8])

/** One EdDSA signature: about 4,000 constraints. */
export const signed = toy('signed', ['message'])

/** Has a signal that no constraint mentions. */
export const negligent = toy('negligent', ['square'])

/** Its inputs leave two values for a signal. */
export const rooted = toy('rooted', ['square'])

/** Does not compile. */
export const broken = toy('broken', ['value'])
