import { existsSync } from 'node:fs'
import { checkDefinedSimplification, checkFileSimplification, type LevelCheck } from '../audit/simplification.ts'
import { compareSystems, differencesText, type Simplification } from '../circom/simplification.ts'
import { CIRCUIT_NAMES } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { EXIT } from './exit-codes.ts'
import type { Outcome } from './report.ts'
import type { Session } from './session.ts'
import { openTimeLimit } from './time-limit.ts'

export interface EquivalenceOptions {
  readonly profile: ProfileName
  /** In seconds. */
  readonly timeout: bigint
  /** The simplified .r1cs file to compare a .r1cs file with. */
  readonly simplified?: string
  readonly sym?: string
  readonly template?: string
  readonly arguments?: readonly number[]
  readonly library?: readonly string[]
}

/** Compares a circuit as it is written with what was simplified: ends with 0 if both have the same solutions, else with 1. */
export async function auditEquivalence(
  session: Session,
  target: string,
  options: EquivalenceOptions,
): Promise<Outcome> {
  const time = openTimeLimit(Number(options.timeout), session.signal)
  const checks = await time.run('comparing', (signal) => check({ ...session, signal }, target, options))
  return equivalenceOutcome(target, checks)
}

/** What came of comparing a circuit with what was simplified. */
export function equivalenceOutcome(target: string, checks: readonly Check[]): Outcome {
  const equivalent = checks.every((one) => one.equivalent)
  return {
    document: { circuit: target, verdict: equivalent ? 'EQUIVALENT' : 'DIFFERS', checks },
    text: checks.flatMap(checkText).join('\n'),
    code: equivalent ? EXIT.success : EXIT.false,
  }
}

type Check = LevelCheck | (Simplification & { readonly simplified: string })

async function check(
  { signal, onProgress }: Pick<Session, 'signal' | 'onProgress'>,
  target: string,
  options: EquivalenceOptions,
): Promise<Check[]> {
  const { profile, simplified, sym, template, arguments: templateArguments, library: libraries } = options
  const name = CIRCUIT_NAMES.find((one) => one === target)
  if (target.endsWith('.r1cs')) {
    if (simplified === undefined) {
      throw new ZkclearError('INPUT_INVALID', 'a .r1cs file is compared with the one that --simplified names', {
        path: '--simplified',
      })
    }
    const [full, other] = [
      { r1cs: target, sym: sym ?? besideOf(target) },
      { r1cs: simplified, sym: besideOf(simplified) },
    ]
    onProgress({ stage: 'compare', fraction: 0 })
    return [{ simplified, ...(await compareSystems({ full, simplified: other }, { signal })) }]
  }
  if (simplified !== undefined) {
    const message = 'is for .r1cs files; other circuits are compiled at -O1 and -O2'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--simplified' })
  }
  if (name !== undefined) return checkDefinedSimplification(requireCircuit(name), profile, { signal, onProgress })
  if (target.endsWith('.circom')) {
    return checkFileSimplification(target, { template, templateArguments, libraries, signal, onProgress })
  }
  throw new ZkclearError('INPUT_INVALID', 'is neither a circuit of zkclear nor a .circom or .r1cs file', {
    path: target,
  })
}

/** The .sym file beside a .r1cs file, if there is one. */
function besideOf(r1cs: string): string | undefined {
  const sym = `${r1cs.slice(0, -'.r1cs'.length)}.sym`
  return r1cs.endsWith('.r1cs') && existsSync(sym) ? sym : undefined
}

function checkText(check: Check): string[] {
  const what = 'level' in check ? `-${check.level}` : check.simplified
  const { full, simplified } = check.constraints
  const verdict = check.equivalent ? 'EQUIVALENT' : 'DIFFERS'
  const head = `${verdict} ${what}: ${full} constraints as written, ${simplified} simplified`
  return [head, ...differencesText(check).map((line) => `  ${line}`)]
}
