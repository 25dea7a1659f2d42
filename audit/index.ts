export { checkEquivalence, type Equivalence } from '../circom/equivalence.ts'
export { assumedKeys } from './assumed-keys.ts'
export {
  type AuditedSignal,
  type AuditOptions,
  type AuditReport,
  audit,
  type PointNames,
} from './audit.ts'
export {
  type AuditSubject,
  type AuditSubjectOptions,
  openAuditSubject,
  openDefinedAuditSubject,
} from './audit-subject.ts'
export {
  type BoundaryDirection,
  type BoundaryOptions,
  type BoundaryReport,
  type BoundarySubject,
  type Counterexample,
  testBoundaries,
} from './boundary.ts'
export type { BoundaryModel, DeclaredInput, InputRange, InputWidth } from './boundary-model.ts'
export { openBoundarySubject, openDefinedSubject, type SubjectOptions } from './boundary-subject.ts'
export type { DependencyGraph, GraphConstraint, GraphSignal } from './dependency-graph.ts'
export type { Rule } from './facts.ts'
export type { Forgery } from './forge.ts'
export type { Lemma } from './lemmas/lemma.ts'
export { LEMMAS } from './lemmas.ts'
export { loadModel } from './load-model.ts'
export type { StuckPoint, Verdict } from './prove.ts'
export type { RangeFinding } from './range/range-finding.ts'
export {
  auditShipped,
  openDefinedShippedSubject,
  openShippedSubject,
  type ShippedSubject,
  type ShippedSubjectOptions,
} from './shipped.ts'
export {
  checkDefinedSimplification,
  checkFileSimplification,
  type LevelCheck,
  type SimplificationOptions,
} from './simplification.ts'
export type { SourceLocation } from './source-locations.ts'
export { unusedPublicInputs } from './unused-inputs.ts'
export { writeWitnessFile } from './wtns.ts'
