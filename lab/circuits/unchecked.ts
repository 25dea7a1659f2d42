import { readUnchecked, type UncheckedCalculator, withoutChecks } from '../../audit/unchecked-witness.ts'
import { type CompilableCircuit, circuitSources } from '../../circom/main-component.ts'
import { compileCached, writeSources } from './compile-cached.ts'

/** What a dishonest prover computes for a hint: a text that the sources hold once, and what takes its place. */
export type Lie = readonly [from: string, to: string]

/**
 * A witness generator that checks nothing: what follows from an input, however dishonest. Compiled once for all tests. With
 * lies, hints are what these say, and all else follows from that.
 */
export async function uncheckedCircuit(
  definition: CompilableCircuit,
  sourceRoots?: readonly string[],
  lies: readonly Lie[] = [],
): Promise<UncheckedCalculator> {
  const name = `${definition.name}-unchecked`
  const sources = circuitSources(definition, sourceRoots).files
  const root = await writeSources(
    name,
    withLies(
      lies,
      sources.map(({ path, text }) => ({ path, text: withoutChecks(text) })),
    ),
  )
  const files = await compileCached({ ...definition, name }, { optimization: 'O0', sourceRoots: [root] })
  return readUnchecked(files, definition.name)
}

type Sources = readonly { readonly path: string; readonly text: string }[]

function withLies(lies: readonly Lie[], sources: Sources): Sources {
  return lies.reduce((current, [from, to]) => {
    if (current.reduce((count, { text }) => count + text.split(from).length - 1, 0) !== 1) {
      throw new Error(`the sources do not hold this once: ${from}`)
    }
    return current.map(({ path, text }) => ({ path, text: text.replace(from, () => to) }))
  }, sources)
}
