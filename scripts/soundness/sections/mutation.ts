import type { MutationReport, Tally } from '../../../lab/mutation/report.ts'
import { table } from '../table.ts'

const OPERATOR_TEXT: Readonly<Record<string, string>> = {
  drop: 'drop: a `===` is taken out',
  unconstrain: 'unconstrain: a `<==` to a signal becomes `<--`',
  unwire: 'unwire: an input of a component is free; an assertion on it is gone',
  widen: 'widen: a range check allows one more bit',
  alter: 'alter: a sign, a term, a factor or a constant of the expression is changed',
}

/** Markdown of the mutation run. */
export function render(report: MutationReport): string {
  const { total, byOperator, byFile, killedBy, argued, survivors, instructions, assignments, seconds } = report
  const score = (100 * total.killed) / (total.mutants - total.argued)
  const rows = (groups: Readonly<Record<string, Tally>>, name: (key: string) => string) =>
    Object.entries(groups).map(([key, { mutants, killed, argued, survived }]) => [
      name(key),
      mutants,
      killed,
      argued,
      survived,
    ])
  const counts = ['mutants', 'killed', 'argued', 'survived']
  const list = (
    items: readonly {
      file: string
      template: string
      instruction: string
      operator: string
      detail: string
      reason?: string
    }[],
  ) =>
    table(
      ['where', 'line', 'mutant', ...(items.some(({ reason }) => reason) ? ['why it may survive'] : [])],
      items.map(({ file, template, instruction, operator, detail, reason }) => [
        `${file}, ${template}`,
        code(instruction),
        detail === '' ? operator : `${operator} ${code(detail)}`,
        ...(reason === undefined ? [] : [reason]),
      ]),
      { left: true },
    )
  return `## Mutation of our own circuits

\`npm run mutate\` removes or weakens every constraint that our own templates make, one at a time, and asks whether a test would
fail. Of ${number(total.mutants)} mutants of ${number(instructions)} lines the tests kill **${number(total.killed)}**; ${number(total.argued)} are argued below and ${number(total.survived)} survive, a score of **${score.toFixed(1)} %**.
(small profile, ${number(assignments)} assignments checked against constraints by the tests, ${number(seconds)} s)

${table(
  ['operator', ...counts],
  rows(byOperator, (key) => OPERATOR_TEXT[key] ?? key),
)}

${table(
  ['folder', ...counts, 'score'],
  Object.entries(foldersOf(byFile)).map(([folder, { mutants, killed, argued, survived }]) => [
    `circuits/${folder}`,
    ...[mutants, killed, argued, survived],
    `${((100 * killed) / (mutants - argued)).toFixed(1)} %`,
  ]),
)}

${table(
  ['file', ...counts],
  rows(byFile, (key) => `circuits/${key}`),
)}

How a mutant is judged: without simplification, every constraint can be traced to the line of circom that it comes from. A mutant
without some constraints accepts an assignment iff it breaks no others; a mutant with a wider range accepts it iff the number fits
that range. So each assignment that a test expects to be refused is checked against all these mutants at once. For an altered
expression, everything that depends on it is recomputed, for inputs that tests expect to be accepted or refused. Most mutants are
killed by lies (lab/mutation/lies.json): a prover gives one signal another value, obeys every other line, fills in hints and paths
that fit, claims the state root that results, and is refused by that one line alone.

${table(
  ['killed first by', 'mutants'],
  Object.entries(killedBy).toSorted(([, a], [, b]) => b - a),
)}
${argued.length > 0 ? `\n### Argued\n\n${list(argued)}\n` : ''}${survivors.length > 0 ? `\n### Survivors\n\n${list(survivors)}\n` : ''}`
}

/** The tallies of files, summed up by the folder of circuits/ that they are in: one for each circuit, and what they share. */
function foldersOf(byFile: MutationReport['byFile']): Record<string, Tally> {
  const folders: Record<string, Tally> = {}
  for (const [file, tally] of Object.entries(byFile)) {
    const folder = file.split('/')[0]!
    const sum = folders[folder] ?? { mutants: 0, killed: 0, argued: 0, survived: 0 }
    for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key]
    folders[folder] = sum
  }
  return folders
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function code(text: string): string {
  return `\`${text}\``
}
