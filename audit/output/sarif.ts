import { createHash } from 'node:crypto'
import { relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { entryText } from './baseline.ts'
import { FINDING_KINDS } from './finding.ts'
import type { JudgedFinding, Judgement } from './judgement.ts'
import { OUTPUT_RULES } from './rules.ts'

/**
 * A judgement in SARIF 2.1.0 (OASIS, 2023): a result for each finding, those that the baseline knows as suppressed. Places are
 * relative to `root`, which code scanning takes for the root of the repository.
 */
export function sarif(judgement: Judgement, root: string): object {
  const { circuit, version, report, findings, failed, stale } = judgement
  const notifications = [
    ...report.notes.map((text) => ({ level: 'note', message: { text } })),
    ...stale.map((entry) => ({
      level: 'note',
      message: { text: `the baseline knows ${entryText(entry)}, which is no longer found` },
    })),
    ...(report.stopped === undefined
      ? []
      : [{ level: 'warning', message: { text: `the audit stopped for lack of ${report.stopped}` } }]),
  ]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'zkclear audit',
            semanticVersion: version,
            rules: FINDING_KINDS.map((kind) => {
              const { id, title, explanation, level } = OUTPUT_RULES[kind]
              return {
                id,
                name: `${kind[0]}${kind.slice(1).toLowerCase()}`,
                shortDescription: { text: title },
                fullDescription: { text: explanation },
                defaultConfiguration: { level },
              }
            }),
          },
        },
        automationDetails: { id: `zkclear-audit/${circuit}/` },
        invocations: [
          { executionSuccessful: true, exitCode: failed ? 1 : 0, toolExecutionNotifications: notifications },
        ],
        results: findings.map((finding) => result(finding, circuit, root)),
      },
    ],
  }
}

function result(finding: JudgedFinding, circuit: string, root: string): object {
  const { kind, name, message, details, known, location, fails } = finding
  const { id, level } = OUTPUT_RULES[kind]
  const place = location ?? (/\.(circom|r1cs)$/.test(circuit) ? { file: circuit, line: undefined } : undefined)
  const physical = place && {
    physicalLocation: {
      artifactLocation: artifact(place.file, root),
      ...(place.line !== undefined && { region: { startLine: place.line } }),
    },
  }
  return {
    ruleId: id,
    ruleIndex: FINDING_KINDS.indexOf(kind),
    level: fails || known !== undefined ? level : 'note',
    message: { text: [message, ...details].join('\n') },
    locations: [{ ...physical, logicalLocations: [{ fullyQualifiedName: name, kind: 'variable' }] }],
    partialFingerprints: {
      'zkclearFinding/v1': createHash('sha256').update(`${circuit}\n${kind}\n${name}`).digest('hex'),
    },
    ...(known !== undefined && { suppressions: [{ kind: 'external', status: 'accepted', justification: known }] }),
  }
}

/** Relative to the root for what lies below it, else absolute. */
function artifact(file: string, root: string): object {
  const path = relative(root, file)
  if (path.startsWith('..') || path === '') return { uri: pathToFileURL(file).href }
  return { uri: path.split(sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}
