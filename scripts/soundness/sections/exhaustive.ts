import { table } from '../table.ts'

/** One enumeration at full scale, as lab/enumeration describes it. */
export interface ExhaustiveRow {
  readonly subject: string
  readonly name: string
  readonly claim: string
  readonly sizes: string
  readonly inputs: number
  readonly accepted: number
  readonly solutions: number
  /** Of one processor core, without compiling. */
  readonly seconds: number
}

export function render({ rows, seconds }: { rows: readonly ExhaustiveRow[]; seconds: number }): string {
  const total = (name: 'inputs' | 'accepted' | 'solutions') => rows.reduce((sum, row) => sum + row[name], 0)
  const cells = rows.map(({ name, inputs, accepted, solutions, seconds }) => [
    name,
    inputs,
    accepted,
    solutions,
    seconds,
  ])
  return `## Exhaustive small models

\`npm run exhaustive\` compiles gadgets and rules with the bit widths of the parameter file replaced by tiny ones, and compares
them with the reference model, whose code reads the same tiny parameter file. For each input, the compiled constraints are
solved over the whole field: hints and inner signals take every value that fits, so that solutions are found that no honest
prover would look for. Circuit and model agree throughout: an input is accepted iff the model calls it legal, and every solution
has the outputs of the model.

Where the inputs themselves are left to the solver (claims about \`the whole field\`), only accepted inputs are counted; all other
values of the field are refused. Solutions also count choices of hints, such as a \`worstLoss\` that is larger than it needs to be.

${table(
  ['template or rule', 'inputs', 'accepted', 'solutions', 'core s'],
  [...cells, ['all', total('inputs'), total('accepted'), total('solutions'), seconds]],
)}

What was enumerated, and what holds for every case:

${rows.map(({ name, claim, sizes }) => `- **${name}** (${sizes}). ${claim}`).join('\n')}
`
}
