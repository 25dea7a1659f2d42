import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { assumedKeys } from '../audit/assumed-keys.ts'
import { type AuditedSignal, type AuditReport, audit } from '../audit/audit.ts'
import { type AuditSubject, openAuditSubject, openDefinedAuditSubject } from '../audit/audit-subject.ts'
import { type BaselineEntry, baselineText, parseBaseline } from '../audit/output/baseline.ts'
import { html } from '../audit/output/html.ts'
import { type Judgement, judge } from '../audit/output/judgement.ts'
import { junit } from '../audit/output/junit.ts'
import type { Policy } from '../audit/output/policy.ts'
import { sarif } from '../audit/output/sarif.ts'
import { resultKey } from '../audit/result-cache.ts'
import { auditShipped, openDefinedShippedSubject, openShippedSubject, type ShippedSubject } from '../audit/shipped.ts'
import { CIRCUIT_NAMES, CIRCUITS, type CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { cachedResult, keepResult } from './audit-cache.ts'
import { equivalenceOutcome } from './audit-equivalence.ts'
import { judgementText } from './audit-text.ts'
import { findingKey, type WitnessFiles, writeWitnesses } from './audit-witnesses.ts'
import { EXIT } from './exit-codes.ts'
import { jsonText } from './json-text.ts'
import { openOutputFile } from './output-file.ts'
import { packageVersion } from './package-version.ts'
import { readText } from './read-file.ts'
import type { Outcome } from './report.ts'
import type { Session } from './session.ts'
import { openTimeLimit, type TimeLimit } from './time-limit.ts'

export type AuditFormat = 'text' | 'json' | 'sarif' | 'junit'

export interface AuditCircuitOptions {
  readonly profile: ProfileName
  readonly template?: string
  readonly arguments?: readonly number[]
  readonly library?: readonly string[]
  readonly sym?: string
  /** What ships: a level of simplification, or a .r1cs file. */
  readonly shipped?: string
  readonly signal?: readonly string[]
  readonly all?: boolean
  readonly policy: Policy
  /** In seconds. */
  readonly timeout: bigint
  /** In megabytes. */
  readonly maxMemory: bigint
  /** Times the usual work. */
  readonly effort: bigint
  readonly seed: bigint
  /** Folder of the witnesses. */
  readonly witnesses: string
  readonly format: AuditFormat
  /** File of the report. */
  readonly output?: string
  readonly html?: string
  readonly baseline?: string
  readonly writeBaseline?: boolean
  readonly changed?: boolean
  readonly cache: string
  readonly json?: boolean
}

/** Audits a circuit, and says of what it finds whether it is new: ends with 1 if the policy does not allow it. */
export async function auditCircuit(session: Session, target: string, options: AuditCircuitOptions): Promise<Outcome> {
  checkOptions(options)
  const time = openTimeLimit(Number(options.timeout), session.signal)
  // Opened first, so that a path which cannot be written fails before the work.
  await using output = options.output === undefined ? undefined : await openOutputFile(options.output)
  await using page = options.html === undefined ? undefined : await openOutputFile(options.html)
  const before = await readBaseline(options)
  const name = CIRCUIT_NAMES.find((one) => one === target)
  const subject = await openSubject(session, target, options, { name, time })
  if ('shipped' in subject && !subject.simplification.equivalent) return differs(target, options, subject)
  const { report, files, isReused } = await auditOrReuse(session, subject, options, { name, time })
  const judgeBy = (baseline: readonly BaselineEntry[], isBeingWritten = false) =>
    judge(report, {
      circuit: target,
      version: packageVersion(),
      policy: options.policy,
      baseline,
      isBeingWritten,
      isWhole: options.all === true || (options.signal === undefined && subject.r1cs.nOutputs === 0),
      locate: (signal) => subject.locate?.(signal),
      filesOf: (finding) => files.get(findingKey(finding)) ?? [],
    })
  let judgement = judgeBy(before)
  if (options.writeBaseline) {
    const text = baselineText(judgement.findings, before, judgement.unasked)
    await using file = await openOutputFile(options.baseline!)
    await file.commit(text)
    judgement = judgeBy(parseBaseline(text, options.baseline!), true)
  }
  const document = documentOf(judgement, files, isReused)
  const keys = name === undefined ? [] : CIRCUITS[name].review.keys
  const text = judgementText(judgement, keys) + (isReused ? REUSED : '')
  const formatted = { text: `${text}\n`, json: jsonText(document), ...others(judgement) }[options.format]
  await output?.commit(formatted)
  await page?.commit(html(judgement, process.cwd()))
  return {
    document,
    text: output === undefined ? formatted.replace(/\n$/, '') : text,
    code: judgement.failed ? EXIT.false : EXIT.success,
  }
}

/** What ships is not what its source says: nothing else is asked of it. */
function differs(target: string, { shipped }: AuditCircuitOptions, { simplification }: ShippedSubject): Outcome {
  return equivalenceOutcome(target, [{ simplified: shipped!, ...simplification }])
}

function others(judgement: Judgement) {
  return { sarif: jsonText(sarif(judgement, process.cwd())), junit: junit(judgement) }
}

const REUSED = '\nthis is the result of before: nothing changed that it hangs on (--changed)'

function checkOptions({ json, format, output, baseline, writeBaseline }: AuditCircuitOptions): void {
  if (json && format !== 'json' && format !== 'text' && output === undefined) {
    const message = `standard output has the JSON document, so name a file for ${format} with --output`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--format' })
  }
  if (writeBaseline && baseline === undefined) {
    throw new ZkclearError('INPUT_INVALID', 'needs --baseline with the file to write', { path: '--write-baseline' })
  }
}

async function readBaseline({ baseline, writeBaseline }: AuditCircuitOptions): Promise<BaselineEntry[]> {
  if (baseline === undefined) return []
  if (!existsSync(baseline)) {
    if (writeBaseline) return []
    const message = 'there is no such baseline; with --write-baseline it is made, of all findings of now'
    throw new ZkclearError('FILE_UNREADABLE', message, { path: baseline })
  }
  return parseBaseline(await readText(baseline, 'json'), baseline)
}

interface Circumstances {
  /** If the circuit is one of ours. */
  readonly name: CircuitName | undefined
  readonly time: TimeLimit
}

async function openSubject(
  { onProgress, log }: Session,
  target: string,
  options: AuditCircuitOptions,
  { name, time }: Circumstances,
): Promise<AuditSubject | ShippedSubject> {
  onProgress({ stage: 'compile', fraction: 0 })
  const { sym, shipped, template, arguments: templateArguments, library: libraries, profile } = options
  const subject = await time.run('compiling', (signal) => {
    const given = { sym, template, templateArguments, libraries, signal, onProgress }
    if (shipped === undefined) {
      return name === undefined
        ? openAuditSubject(target, given)
        : openDefinedAuditSubject(requireCircuit(name), profile, { signal, onProgress })
    }
    return name === undefined
      ? openShippedSubject(target, { ...given, shipped })
      : openDefinedShippedSubject(requireCircuit(name), profile, { sym, shipped, signal, onProgress })
  })
  log.info({ constraints: subject.r1cs.nConstraints }, 'constraint system read')
  return subject
}

/** The report, with its witnesses in files; with --changed that of an equal audit before, if there was one. */
async function auditOrReuse(
  { signal, log, onProgress }: Session,
  subject: AuditSubject | ShippedSubject,
  options: AuditCircuitOptions,
  { name, time }: Circumstances,
): Promise<{ report: AuditReport; files: WitnessFiles; isReused: boolean }> {
  const targets = options.all ? ('all' as const) : options.signal
  const keys = name && assumedKeys(CIRCUITS[name].review.keys, subject.symbols)
  const folder = resolve(options.witnesses)
  const key = options.changed
    ? resultKey(subject, {
        targets: JSON.stringify(targets ?? null),
        keys: JSON.stringify(keys ?? null),
        timeout: Number(options.timeout),
        memory: Number(options.maxMemory),
        effort: Number(options.effort),
        seed: `${options.seed}`,
        generator: subject.calculate !== undefined,
        shipped: 'shipped' in subject ? resultKey({ r1cs: subject.shipped, symbols: subject.symbols }, {}) : undefined,
        witnesses: folder,
      })
    : undefined
  const known = key === undefined ? undefined : await cachedResult(options.cache, key)
  if (known !== undefined) {
    log.info({ cache: options.cache }, 'nothing changed: the result of before is used')
    return { report: known.report, files: new Map(Object.entries(known.files)), isReused: true }
  }
  const choices = {
    targets,
    keys,
    timeout: time.left(),
    maxBytes: Number(options.maxMemory) * 2 ** 20,
    effort: Number(options.effort),
    seed: options.seed,
    signal,
    onProgress,
  }
  const report = 'shipped' in subject ? await auditShipped(subject, choices) : await audit({ ...subject, ...choices })
  const files = await writeWitnesses(options.witnesses, report)
  if (key !== undefined) await keepResult(options.cache, key, { report, files: Object.fromEntries(files) })
  return { report, files, isReused: false }
}

function documentOf(judgement: Judgement, files: WitnessFiles, isReused: boolean) {
  const { circuit, report, findings, stale, failed, policy } = judgement
  const filesOf = (kind: string, name: string) => files.get(findingKey({ kind, name }))
  const withFiles = ({ forgery: _, ...signal }: AuditedSignal) => {
    return { ...signal, witnesses: filesOf('FORGED', signal.name) }
  }
  return {
    circuit,
    failed,
    policy,
    ...report,
    targets: report.targets.map(withFiles),
    ancestors: report.ancestors.map(withFiles),
    ranges: report.ranges.map(({ witness: _, ...range }) => ({ ...range, witnesses: filesOf('RANGE', range.signal) })),
    findings: findings.map(({ isPublic: _, isUnreasoned: _unreasoned, ...finding }) => finding),
    stale,
    reused: isReused,
  }
}
