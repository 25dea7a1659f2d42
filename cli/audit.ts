import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { assumedKeys } from '../audit/assumed-keys.ts'
import { type AuditedSignal, type AuditReport, audit } from '../audit/audit.ts'
import { openAuditSubject, openDefinedAuditSubject } from '../audit/audit-subject.ts'
import type { Verdict } from '../audit/prove.ts'
import { writeWitnessFile } from '../audit/wtns.ts'
import { makeFolders } from '../circom/make-folders.ts'
import { CIRCUIT_NAMES, CIRCUITS, type CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type AgainstOptions, addAgainstOptions, auditAgainst } from './audit-against.ts'
import { auditEquivalence } from './audit-equivalence.ts'
import { auditVerificationKey } from './audit-vkey.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { integerOption, profileOption } from './options.ts'
import type { Outcome } from './report.ts'
import type { Session } from './session.ts'
import { tableText } from './table.ts'
import { openTimeLimit } from './time-limit.ts'
import { newVerb, type Verb } from './verb.ts'

interface AuditVerbOptions extends Omit<AgainstOptions, 'against'> {
  readonly against?: string
  readonly equivalence?: boolean
  readonly vkey?: string
  readonly simplified?: string
  readonly sym?: string
  readonly signal?: readonly string[]
  readonly all?: boolean
  readonly policy: 'unknown' | 'forged'
  readonly timeout: bigint
  readonly maxMemory: bigint
  readonly effort: bigint
  readonly output: string
}

export const verb: Verb = (run) =>
  addAuditOptions(
    newVerb(
      'audit',
      'Asks of every signal of a circuit whether the inputs determine it: PROVEN, FORGED (with two witnesses) or UNKNOWN. ' +
        'With --against, runs the circuit against a model at the ends of its ranges instead; with --equivalence, checks that ' +
        'the compiler kept its meaning when it simplified; with --vkey, vets a verification key.',
      [
        'zkclear audit margin-sufficiency --all',
        'zkclear audit circuit.circom --signal main.root --json',
        'zkclear audit circuit.r1cs --sym circuit.sym --policy forged',
        'zkclear audit circuit.circom --against model.mjs',
        'zkclear audit circuit.circom --equivalence',
        'zkclear audit --vkey Verifier.sol',
      ],
    ).argument('[circuit]', `${CIRCUIT_NAMES.join(', ')}, a .circom file, or a .r1cs file`),
  ).action(
    run((session, target: string | undefined, { against, vkey, ...options }: AuditVerbOptions) => {
      if (vkey !== undefined) return auditVerificationKey(vkey)
      if (target === undefined) {
        const message = 'is missing: name a circuit to audit, or a verification key with --vkey'
        throw new ZkclearError('INPUT_INVALID', message, { path: '<circuit>' })
      }
      if (options.equivalence) return auditEquivalence(session, target, options)
      if (against !== undefined) return auditAgainst(session, target, { ...options, against })
      return auditCircuit(session, target, options)
    }),
  )

function addAuditOptions(command: Command): Command {
  command
    .addOption(profileOption())
    .option('--sym <file>', 'names of the signals of a .r1cs file (default: the .sym file beside it)')
    .addOption(
      new Option('--signal <name...>', 'signals to decide (default: outputs, or all if there are none)').conflicts(
        'all',
      ),
    )
    .option('--all', 'decide every signal')
    .addOption(
      new Option(
        '--equivalence',
        'check what the compiler simplified (-O1, -O2) against the circuit as it is written',
      ).conflicts(['against', 'signal', 'all']),
    )
    .addOption(
      new Option(
        '--vkey <file>',
        'vet a verification key (JSON) or the source of a Solidity verifier, without a circuit',
      ).conflicts(['against', 'signal', 'all', 'equivalence']),
    )
    .option('--simplified <file>', 'with --equivalence of a .r1cs file: the simplified one')
    .addOption(
      new Option('--policy <verdict>', 'exit with 1 if a signal is worse than this allows: FORGED, or UNKNOWN as well')
        .choices(['unknown', 'forged'])
        .default('unknown'),
    )
    .addOption(limit('--timeout <seconds>', 'time for the whole audit, compiling included', 86_400n, 300n))
    .addOption(limit('--max-memory <megabytes>', 'resident memory at which proving stops', 1_048_576n, 4096n))
    .addOption(limit('--effort <times>', 'times the usual work of the search for forgeries', 10_000n, 1n))
    .addOption(limit('--seed <number>', 'the same seed makes the same search', 2n ** 53n - 1n, 1n))
    .option('-o, --output <folder>', 'where the witnesses of a forgery go', 'forged')
  return addAgainstOptions(command)
}

function limit(flags: string, description: string, high: bigint, otherwise: bigint): Option {
  return integerOption(flags, description, { low: 1n, high, otherwise })
}

async function auditCircuit(
  session: Session,
  target: string,
  options: Omit<AuditVerbOptions, 'against'>,
): Promise<Outcome> {
  const { signal, log, onProgress } = session
  const time = openTimeLimit(Number(options.timeout), signal)
  const name = CIRCUIT_NAMES.find((one) => one === target)
  onProgress({ stage: 'compile', fraction: 0 })
  const subject = await time.run('compiling', (signal) =>
    name === undefined
      ? openAuditSubject(target, {
          sym: options.sym,
          template: options.template,
          templateArguments: options.arguments,
          libraries: options.library,
          signal,
        })
      : openDefinedAuditSubject(requireCircuit(name), options.profile, { signal }),
  )
  log.info({ constraints: subject.r1cs.nConstraints }, 'constraint system read')
  const report = await audit({
    ...subject,
    targets: options.all ? 'all' : options.signal,
    keys: name && assumedKeys(CIRCUITS[name].review.keys, subject.symbols),
    timeout: time.left(),
    maxBytes: Number(options.maxMemory) * 2 ** 20,
    effort: Number(options.effort),
    seed: options.seed,
    signal,
    onProgress,
  })
  const forged = [...report.targets, ...report.ancestors].filter(({ forgery }) => forgery !== undefined)
  const files = await writeForgeries(options.output, forged)
  return {
    document: {
      ...{ circuit: target, ...report },
      targets: report.targets.map((one) => withFiles(one, files)),
      ancestors: report.ancestors.map((one) => withFiles(one, files)),
    },
    text: reportText(report, files, name),
    code: exitCode(report, options.policy),
  }
}

/** Characters of a signal's name that its files are named by: less than any file system allows. */
const MOST_CHARACTERS = 180

/**
 * Two files for each forgery, named after its signal and, where that does not tell them apart, its wire. Files of an earlier run
 * stay, and those of a later one are numbered: a verdict is never lost over them.
 */
async function writeForgeries(folder: string, forged: readonly AuditedSignal[]) {
  const files = new Map<number, readonly [string, string]>()
  if (forged.length > 0) {
    await makeFolders(folder, 0o700).catch((cause) => {
      throw new ZkclearError('OUTPUT_UNWRITABLE', `is no folder and cannot be made one (${cause.code})`, {
        path: folder,
        cause,
      })
    })
  }
  for (const { name, wire, forgery } of forged) {
    const safe = name.replace(/[^\w.[\]-]/g, '_')
    const isPlain = safe === name && name.length <= MOST_CHARACTERS
    const stem = isPlain ? name : `${safe.slice(0, MOST_CHARACTERS)}-${wire}`
    const pair = freePair(folder, stem)
    await writeWitnessFile(pair[0], forgery!.first)
    await writeWitnessFile(pair[1], forgery!.second)
    files.set(wire, pair)
  }
  return files
}

function freePair(folder: string, stem: string): readonly [string, string] {
  for (let run = 1; ; run++) {
    const name = run === 1 ? stem : `${stem}-${run}`
    // The whole name is joined: a signal may be called "..".
    const pair = [join(folder, `${name}.first.wtns`), join(folder, `${name}.second.wtns`)] as const
    if (!pair.some((path) => existsSync(path))) return pair
  }
}

function withFiles({ forgery: _, ...signal }: AuditedSignal, files: ReadonlyMap<number, readonly [string, string]>) {
  return { ...signal, witnesses: files.get(signal.wire) }
}

function exitCode(
  { counts, targets, contradictions, unusedPublicInputs }: AuditReport,
  policy: 'unknown' | 'forged',
): ExitCode {
  const has = (verdict: Verdict) => counts[verdict] > 0 && targets.some((target) => target.verdict === verdict)
  if (contradictions.length > 0 || unusedPublicInputs.length > 0 || has('FORGED')) return EXIT.false
  return policy === 'unknown' && has('UNKNOWN') ? EXIT.false : EXIT.success
}

/** Signals shown one by one before the rest is only counted. */
const MOST_SHOWN = 50

function reportText(
  { counts, targets, ancestors, lemmas, contradictions, unusedPublicInputs, notes, stopped, milliseconds }: AuditReport,
  files: ReadonlyMap<number, readonly [string, string]>,
  name: CircuitName | undefined,
): string {
  const lines = targets.slice(0, MOST_SHOWN).map((target) => targetText(target, files))
  if (targets.length > MOST_SHOWN) lines.push(`and ${targets.length - MOST_SHOWN} more`)
  lines.push(...ancestors.map((one) => targetText(one, files)))
  lines.push(tableText(Object.keys(counts), [Object.values(counts)]))
  for (const [template, count] of Object.entries(lemmas)) lines.push(`argued on paper: ${template}, ${count} times`)
  for (const { x, y, reason } of name ? CIRCUITS[name].review.keys : [])
    lines.push(`assumed to be a key: ${x}, ${y}: ${reason}`)
  if (unusedPublicInputs.length > 0) {
    lines.push(`no constraint mentions ${unusedPublicInputs.join(', ')}: a proof holds for any value of these`)
  }
  if (contradictions.length > 0)
    lines.push(`no witness satisfies constraint ${contradictions[0]}: nothing can be proved`)
  for (const note of notes) lines.push(`note: ${note}`)
  if (stopped !== undefined)
    lines.push(`stopped for lack of ${stopped}: raise ${stopped === 'time' ? '--timeout' : '--max-memory'}`)
  if (targets.some(({ search }) => search === 'time'))
    lines.push('searches for forgeries ran out of time: raise --timeout, or lower --effort')
  lines.push(`${seconds(milliseconds.prove)} proving, ${seconds(milliseconds.forge)} forging`)
  return lines.join('\n')
}

/** Why nothing was found against an UNKNOWN signal. */
const SEARCHES = {
  work: 'no forgery found',
  time: 'the search ran out of time',
  none: 'no forgery was looked for: too many signals',
} as const

function targetText(
  { name, wire, verdict, rule, search, stuckAt = [], freeAncestors = [] }: AuditedSignal,
  files: ReadonlyMap<number, readonly [string, string]>,
): string {
  const why = rule ?? (search && SEARCHES[search])
  const head = `${verdict} ${name}${why === undefined ? '' : ` (${why})`}`
  const pair = files.get(wire)
  if (pair !== undefined) return `${head}\n  two witnesses: ${pair.join(' and ')}`
  const stuck = stuckAt.map(({ constraint, components, unknown }) => {
    const shown = unknown.slice(0, 6).join(', ')
    const more = unknown.length > 6 ? ` and ${unknown.length - 6} more` : ''
    return `  stuck at constraint ${constraint} of ${components.join(', ')}: ${shown}${more}`
  })
  const free = freeAncestors.length > 0 ? [`  follows from what is FORGED: ${freeAncestors.join(', ')}`] : []
  return [head, ...free, ...stuck].join('\n')
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
