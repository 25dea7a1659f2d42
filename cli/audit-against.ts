import { type Command, Option } from 'commander'
import type { BoundaryReport, Counterexample } from '../audit/boundary.ts'
import { BOUNDARY_DIRECTIONS, DEFAULT_CASES, testBoundaries } from '../audit/boundary.ts'
import { openBoundarySubject, openDefinedSubject } from '../audit/boundary-subject.ts'
import { loadModel } from '../audit/load-model.ts'
import { CIRCUIT_NAMES, type CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { inputToJson } from '../prover/index.ts'
import { EXIT } from './exit-codes.ts'
import { integerOption } from './options.ts'
import type { Outcome } from './report.ts'
import type { Session } from './session.ts'
import { tableText } from './table.ts'
import { openTimeLimit } from './time-limit.ts'

export interface AgainstOptions {
  /** Path of the model file, which is run. */
  readonly against: string
  readonly profile: ProfileName
  readonly cases: bigint
  readonly seed: bigint
  /** In seconds. */
  readonly timeout: bigint
  readonly template?: string
  readonly arguments?: readonly number[]
  readonly library?: readonly string[]
}

const ARGUMENTS_ALLOWED = 'need decimal numbers with commas between them, such as 64 or 8,16'

/** The options of `audit --against`, but for --profile and --seed, which the audit has as well. */
export function addAgainstOptions(command: Command): Command {
  return command
    .option('--against <model>', 'compare with a model at the ends of all ranges; the file is an ES module and is run')
    .addOption(
      integerOption('--cases <number>', 'with --against: most inputs to try', {
        low: 1n,
        high: 1_000_000n,
        otherwise: BigInt(DEFAULT_CASES),
      }),
    )
    .option('--template <name>', 'template to audit, if the .circom file has no main component', templateName)
    .addOption(
      new Option('--arguments <numbers>', 'its arguments, with commas between them').argParser(templateArguments),
    )
    .option('--library <folder...>', "folders of the .circom file's bare includes, as circom's -l")
}

/** Runs a circuit at the ends of its ranges against a model: ends with 0 if they agree, 1 if they differ or nothing was tested. */
export async function auditAgainst(session: Session, target: string, options: AgainstOptions): Promise<Outcome> {
  const { log, onProgress } = session
  const time = openTimeLimit(Number(options.timeout), session.signal)
  const model = await loadModel(options.against)
  log.info({ model: options.against }, 'model loaded')
  const isRegistered = (CIRCUIT_NAMES as readonly string[]).includes(target)
  const subject = await time.run('compiling', (signal) =>
    isRegistered
      ? openDefinedSubject(requireCircuit(target as CircuitName), options.profile, { signal })
      : openBoundarySubject(target, {
          template: options.template,
          templateArguments: options.arguments,
          libraries: options.library,
          signal,
        }),
  )
  const { seed } = options
  const cases = Number(options.cases)
  const report = await time.run('testing', (signal) =>
    testBoundaries({ subject, model, cases, seed, signal, onProgress }),
  )
  return {
    document: { circuit: target, model: options.against, ...report, counterexamples: report.counterexamples.map(json) },
    text: reportText(report),
    code: report.verdict === 'AGREES' ? EXIT.success : EXIT.false,
  }
}

function json(counterexample: Counterexample): object {
  return { ...counterexample, inputs: inputToJson(counterexample.inputs) }
}

const VERDICTS: Readonly<Record<BoundaryReport['verdict'], string>> = {
  AGREES: 'AGREES: circuit and model say the same of every input that was tried',
  DIFFERS: 'DIFFERS: circuit and model disagree',
  VACUOUS: 'VACUOUS: the inputs were all legal, or all illegal; give the model cases of the other kind',
}

function reportText({ verdict, tried, found, counterexamples, constraintsAsked, seed }: BoundaryReport): string {
  const lines = [VERDICTS[verdict]]
  lines.push(`${tried.total} inputs: ${tried.legal} legal, ${tried.illegal} illegal (seed ${seed})`)
  if (!constraintsAsked) {
    lines.push("Only the circuit's own generator was asked: its checks may refuse inputs that the constraints accept.")
  }
  if (verdict !== 'DIFFERS') return lines.join('\n')
  lines.push(
    tableText(
      ['difference', 'inputs'],
      BOUNDARY_DIRECTIONS.map((direction) => [direction, found[direction]]),
    ),
  )
  return [...lines, ...counterexamples.map(counterexampleText)].join('\n')
}

function counterexampleText({ direction, inputs, rule, output, behindCheck }: Counterexample): string {
  const reason = rule === undefined ? '' : ` (${rule})`
  const values = Object.entries(inputToJson(inputs)).map(([name, value]) => `  ${name} = ${valueText(value)}`)
  const wrong = output && [`  output ${output.name} is ${output.actual}, expected ${output.expected}`]
  const note = behindCheck && ["  the circuit's own generator refuses this, but the constraints do not"]
  return [`${direction}${reason}`, ...values, ...(wrong || []), ...(note || [])].join('\n')
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(valueText).join(', ')}]` : String(value)
}

function templateName(text: string): string {
  if (/^[A-Za-z_$][\w$]{0,99}$/.test(text)) return text
  throw new ZkclearError('INPUT_INVALID', 'must be the name of a template', { path: '--template' })
}

function templateArguments(text: string): readonly number[] {
  const parts = text.split(',')
  const numbers = parts.map(Number)
  const sound = parts.every((part) => /^\d{1,15}$/.test(part)) && parts.length <= 64
  if (sound) return numbers
  throw new ZkclearError('INPUT_INVALID', `got ${JSON.stringify(text.slice(0, 100))}, ${ARGUMENTS_ALLOWED}`, {
    path: '--arguments',
  })
}
