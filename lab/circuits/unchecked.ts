import { readUnchecked, type UncheckedCalculator, withoutChecks } from '../../audit/unchecked-witness.ts'
import { type CompilableCircuit, circuitSources } from '../../circom/main-component.ts'
import { compileCached, writeSources } from './compile-cached.ts'

/** A witness generator that checks nothing: what follows from an input, however dishonest. Compiled once for all tests. */
export async function uncheckedCircuit(
  definition: CompilableCircuit,
  sourceRoots?: readonly string[],
): Promise<UncheckedCalculator> {
  const name = `${definition.name}-unchecked`
  const sources = circuitSources(definition, sourceRoots).files
  const root = await writeSources(
    name,
    sources.map(({ path, text }) => ({ path, text: withoutChecks(text) })),
  )
  const files = await compileCached({ ...definition, name }, { optimization: 'O0', sourceRoots: [root] })
  return readUnchecked(files, definition.name)
}
