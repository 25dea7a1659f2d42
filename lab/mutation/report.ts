import { type Mutant, OPERATORS, type Operator } from './mutants.ts'
import type { Verdict } from './score-all.ts'

/** Counts of one group of mutants. */
export interface Tally {
  mutants: number
  killed: number
  argued: number
  survived: number
}

/** One mutant in words. */
export interface MutantText {
  readonly file: string
  readonly line: number
  readonly template: string
  readonly instruction: string
  readonly operator: Operator
  readonly detail: string
}

/** What a run comes to: the section `mutation` of docs/soundness.json. */
export interface MutationReport {
  readonly total: Tally
  readonly byOperator: Readonly<Record<string, Tally>>
  readonly byFile: Readonly<Record<string, Tally>>
  /** How many mutants each test file, or circuit of legal cases, is the first to tell. */
  readonly killedBy: Readonly<Record<string, number>>
  readonly argued: readonly (MutantText & { readonly reason: string })[]
  readonly survivors: readonly MutantText[]
  /** Own instructions that make constraints, and constraints that come from them over all circuits. */
  readonly instructions: number
  readonly assignments: number
  readonly seconds: number
}

export function reportOf(
  verdicts: readonly Verdict[],
  extent: { assignments: number; seconds: number },
): MutationReport {
  const tally = (group: readonly Verdict[]): Tally => {
    const count = (outcome: Verdict['outcome']) => group.filter((verdict) => verdict.outcome === outcome).length
    return { mutants: group.length, killed: count('killed'), argued: count('argued'), survived: count('survived') }
  }
  const grouped = (key: (verdict: Verdict) => string, keys: readonly string[]) =>
    Object.fromEntries(keys.map((name) => [name, tally(verdicts.filter((verdict) => key(verdict) === name))]))
  const files = [...new Set(verdicts.map(({ mutant }) => mutant.instruction.file))]
  const killers = verdicts.map(({ by }) => by).filter((by) => by !== undefined)
  return {
    total: tally(verdicts),
    byOperator: grouped(({ mutant }) => mutant.operator, OPERATORS),
    byFile: grouped(({ mutant }) => mutant.instruction.file, files),
    killedBy: Object.fromEntries([...new Set(killers)].map((by) => [by, killers.filter((each) => each === by).length])),
    argued: verdicts
      .filter(({ outcome }) => outcome === 'argued')
      .map(({ mutant, reason }) => ({ ...textOf(mutant), reason: reason! })),
    survivors: verdicts.filter(({ outcome }) => outcome === 'survived').map(({ mutant }) => textOf(mutant)),
    instructions: new Set(verdicts.map(({ mutant: { instruction } }) => `${instruction.file} ${instruction.start}`))
      .size,
    ...extent,
  }
}

function textOf({ operator, instruction, detail }: Mutant): MutantText {
  const { file, line, template, text } = instruction
  return { file, line, template, instruction: text, operator, detail }
}
