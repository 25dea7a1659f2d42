/**
 * Audits our own circuits, small profile, and checks that what is shipped has the same solutions; records the table in
 * docs/soundness.json. Ends with 1 if a signal is free without a reviewed reason, or a shipped circuit differs.
 */

import process from 'node:process'
import { CIRCUIT_NAMES, CIRCUITS } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { compileCached } from '../lab/circuits/compile-cached.ts'
import { shippedHarness, type TestCircuit } from '../lab/circuits/harness.ts'
import { runChild } from './bench/run-child.ts'
import { recordSection } from './soundness/record.ts'
import type { AuditData } from './soundness/sections/audit.ts'

const circuits: AuditData['circuits'][number][] = []
for (const name of CIRCUIT_NAMES) {
  const definition = requireCircuit(name) as TestCircuit
  // compiled here, so that the child's memory is the audit's
  await compileCached(definition, { optimization: 'O0', inspect: true })
  await shippedHarness(definition)
  const row = await runChild<AuditData['circuits'][number]>('../soundness/audit-child.ts', [name])
  circuits.push(row)
  const { counts, auditSeconds, equivalent } = row
  const same = equivalent ? 'the shipped circuit is equivalent' : 'THE SHIPPED CIRCUIT DIFFERS'
  console.log(`${name}: ${JSON.stringify(counts)}, ${auditSeconds.toFixed(1)} s; ${same}`)
}
const assumptions = CIRCUIT_NAMES.flatMap((name) =>
  CIRCUITS[name].review.keys.map((one) => ({ circuit: name, ...one })),
)
await recordSection('audit', { circuits, assumptions } satisfies AuditData)
process.exitCode = circuits.every(({ unexplained, equivalent }) => unexplained.length === 0 && equivalent) ? 0 : 1
