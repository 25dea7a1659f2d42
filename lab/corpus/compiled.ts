import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BoundarySubject } from '../../audit/boundary.ts'
import { openCompiled } from '../../audit/boundary-subject.ts'
import { type CompiledFiles, compileCached, compileSystem } from '../circuits/compile-cached.ts'
import { harnessOf, type TestCircuit } from '../circuits/harness.ts'
import { type NamedSystem, readNamedSystem } from '../circuits/named-system.ts'
import { uncheckedCircuit } from '../circuits/unchecked.ts'
import type { CorpusCircuit } from './corpus.ts'

/** Where the sources of the corpus lie. */
export const CORPUS_ROOT = dirname(fileURLToPath(import.meta.resolve('./circuits/assigned.circom')))

/** A circuit of the corpus, as compiling wants it. */
export function corpusDefinition({ name, file, args, publicInputs, inputs }: CorpusCircuit): TestCircuit {
  return {
    name: `corpus-${name}`,
    template: name,
    source: file,
    templateArguments: () => args,
    publicSignals: publicInputs,
    inputShapes: () => inputs,
  }
}

/** Compiles a circuit of the corpus, once for all test files: by default as it is written, without simplification. */
export function compileCorpus(circuit: CorpusCircuit, optimization: 'O0' | 'O1' | 'O2' = 'O0'): Promise<CompiledFiles> {
  return compileCached(corpusDefinition(circuit), { optimization, sourceRoots: [CORPUS_ROOT] })
}

/** The constraints of a circuit of the corpus. */
export async function corpusSystem(circuit: CorpusCircuit, optimization: 'O0' | 'O1' | 'O2'): Promise<NamedSystem> {
  const options = { optimization, sourceRoots: [CORPUS_ROOT] }
  return readNamedSystem(await compileSystem(corpusDefinition(circuit), options))
}

/** A circuit of the corpus with its witness generator. */
export async function corpusHarness(circuit: CorpusCircuit, optimization?: 'O0' | 'O1') {
  return harnessOf(corpusDefinition(circuit), await compileCorpus(circuit, optimization))
}

/** A circuit of the corpus as the boundary tester takes it, its unchecked generator compiled once for all runs. */
export async function corpusSubject(circuit: CorpusCircuit): Promise<BoundarySubject> {
  const files = await compileCorpus(circuit)
  const subject = await openCompiled(files)
  const unchecked = await uncheckedCircuit(corpusDefinition(circuit), [CORPUS_ROOT])
  return { ...subject, uncheckedWitness: (input) => unchecked.witness(subject.r1cs, input) }
}
