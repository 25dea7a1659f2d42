export { type BuildOptions, type BuiltArtifacts, buildArtifacts } from './build.ts'
export { type CircuitArtifacts, type CompiledCircuit, loadArtifacts } from './load.ts'
export type { Manifest } from './manifest.ts'
export type { ArtifactSelection } from './selection.ts'
