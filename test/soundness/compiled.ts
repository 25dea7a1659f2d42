import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CompiledFiles, compileCached, harnessOf, type TestCircuit } from '../support/circuit-harness.ts'
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

/** Compiles a circuit of the corpus, once for all test files. */
export function compileCorpus(circuit: CorpusCircuit, optimization: 'O0' | 'O1' = 'O1'): Promise<CompiledFiles> {
  return compileCached(corpusDefinition(circuit), { optimization, sourceRoots: [CORPUS_ROOT] })
}

/** A circuit of the corpus with its witness generator. */
export async function corpusHarness(circuit: CorpusCircuit) {
  return harnessOf(corpusDefinition(circuit), await compileCorpus(circuit))
}
