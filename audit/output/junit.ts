import type { JudgedFinding, Judgement } from './judgement.ts'
import { escaped } from './markup.ts'

/**
 * A judgement as JUnit XML: a test case for each target of the audit and each finding besides, and one for the signals that
 * are not listed because they are PROVEN. What the policy allows or the baseline knows is skipped, with the reason.
 */
export function junit({ circuit, report, findings, policy }: Judgement): string {
  const { counts, targets, milliseconds } = report
  const found = new Set(findings.map(({ name }) => name))
  const fine = targets.filter(({ name }) => !found.has(name)).map(({ name, verdict }) => `${verdict} ${name}`)
  const listed = targets.filter(({ verdict }) => verdict === 'PROVEN').length
  const cases = [
    ...findings.map((finding) => testCase(circuit, finding, policy)),
    ...fine.map((name) => `<testcase classname="${escaped(circuit)}" name="${escaped(name)}"/>`),
    `<testcase classname="${escaped(circuit)}" name="PROVEN: ${counts.PROVEN - listed} signals that are not listed"/>`,
  ]
  const failures = findings.filter((finding) => finding.fails).length
  const sums =
    `tests="${cases.length}" failures="${failures}" errors="0" skipped="${findings.length - failures}" ` +
    `time="${((milliseconds.prove + milliseconds.forge) / 1000).toFixed(3)}"`
  const indented = cases.map((one) => `    ${one}`).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="zkclear audit" ${sums}>
  <testsuite name="${escaped(circuit)}" ${sums}>
${indented}
  </testsuite>
</testsuites>
`
}

function testCase(circuit: string, finding: JudgedFinding, policy: string): string {
  const { kind, name, message, details, files, location, known, isUnreasoned, fails } = finding
  const place = location === undefined ? '' : ` file="${escaped(location.file)}" line="${location.line}"`
  const head = `<testcase classname="${escaped(circuit)}" name="${escaped(`${kind} ${name}`)}"${place}>`
  if (!fails) {
    const allowed = isUnreasoned
      ? `in the baseline without a reason: ${message}`
      : `allowed by --policy ${policy}: ${message}`
    const why = known === undefined ? allowed : `known: ${known}`
    return `${head}<skipped message="${escaped(why)}"/></testcase>`
  }
  const body = escaped([message, ...details, ...files.map((file) => `witness: ${file}`)].join('\n'))
  return `${head}<failure type="${kind}" message="${escaped(message)}">${body}</failure></testcase>`
}
