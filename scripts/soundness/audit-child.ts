/**
 * Audits one of our circuits, small profile, and compares it with what is shipped; prints what came of it as JSON. A process of
 * its own, so that peak memory is the audit's. Argument: circuit.
 */

import process from 'node:process'
import { assumedKeys } from '../../audit/assumed-keys.ts'
import { audit } from '../../audit/audit.ts'
import { checkEquivalence } from '../../circom/equivalence.ts'
import { CIRCUIT_NAMES, CIRCUITS } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { compileCached } from '../../lab/circuits/compile-cached.ts'
import { harnessOf, shippedHarness, type TestCircuit } from '../../lab/circuits/harness.ts'
import { ownPeak } from '../bench/process-usage.ts'
import type { AuditData } from './sections/audit.ts'

const name = CIRCUIT_NAMES.find((one) => one === process.argv[2])!
const definition = requireCircuit(name) as TestCircuit
const { r1cs, symbols } = await harnessOf(
  definition,
  await compileCached(definition, { optimization: 'O0', inspect: true }),
)
const shipped = await shippedHarness(definition)

/** Seconds of processor time that something takes. */
async function timed<T>(run: () => T | Promise<T>): Promise<readonly [T, number]> {
  const before = process.cpuUsage()
  const result = await run()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1e6]
}

const keys = assumedKeys(CIRCUITS[name].review.keys, symbols)
const [report, auditSeconds] = await timed(() => audit({ r1cs, symbols, targets: 'all', keys, timeout: 3_600_000 }))
const peakBytes = ownPeak()
const [{ equivalent }, equivalenceSeconds] = await timed(() => checkEquivalence(r1cs, shipped.r1cs))
const free = CIRCUITS[name].review.free.map(({ pattern, reason }) => ({
  pattern: pattern.source,
  count: report.targets.filter((target) => pattern.test(target.name)).length,
  reason,
}))
const unexplained = report.targets.filter((target) =>
  CIRCUITS[name].review.free.every(({ pattern }) => !pattern.test(target.name)),
)
const row: AuditData['circuits'][number] = {
  circuit: name,
  constraints: r1cs.nConstraints,
  shippedConstraints: shipped.r1cs.nConstraints,
  counts: report.counts,
  rules: report.rules,
  lemmas: report.lemmas,
  free,
  unexplained: unexplained.map((target) => `${target.verdict} ${target.name}`),
  auditSeconds,
  peakBytes,
  equivalent,
  equivalenceSeconds,
}
console.log(JSON.stringify(row))
