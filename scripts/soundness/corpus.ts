/**
 * Runs the audit, the boundary tester and the check for unused inputs over the soundness corpus, and records what each says
 * of every planted bug and of its twin. Ends with 1 if a bug is missed or a twin accused. Takes about a minute.
 */
import process from 'node:process'
import { audit } from '../../audit/audit.ts'
import { testBoundaries } from '../../audit/boundary.ts'
import { unusedPublicInputs } from '../../audit/unused-inputs.ts'
import { compileCorpus, corpusHarness, corpusSubject } from '../../lab/corpus/compiled.ts'
import { CORPUS, type CorpusCircuit, PAIRS } from '../../lab/corpus/corpus.ts'
import { recordSection } from './record.ts'
import type { CorpusData, CorpusVerdict } from './sections/corpus.ts'

const CASES = 300
const FORGE_MILLISECONDS = 60_000

/** What the project's check for this kind of bug says of a circuit. */
async function verdictOf(circuit: CorpusCircuit): Promise<CorpusVerdict> {
  const { shown, kind } = circuit
  if (shown.by === 'unused input') {
    const { r1cs } = await corpusHarness(circuit, 'O1')
    return unusedPublicInputs(r1cs).length > 0 ? 'UNUSED' : 'USED'
  }
  if (shown.by === 'boundary') {
    const model = kind === 'bug' ? shown.model : (shown.twinModel ?? shown.model)
    const { verdict, counterexamples } = await testBoundaries({
      subject: await corpusSubject(circuit),
      model,
      cases: CASES,
    })
    return verdict === 'DIFFERS' ? counterexamples[0]!.direction : verdict
  }
  const { r1cs, symbols, expectPass } = await corpusHarness(circuit)
  const witness = expectPass(circuit.sample)
  // A check that nothing reads is no output.
  const asked = shown.by === 'unused' ? 'all' : 'outputs'
  const { targets, ranges } = await audit({ r1cs, symbols, witness, targets: asked, timeout: FORGE_MILLISECONDS })
  if (shown.by === 'range') return ranges.length > 0 ? 'RANGE' : 'IN RANGE'
  const verdicts = targets.map(({ verdict }) => verdict)
  return (
    (['FORGED', 'UNUSED', 'UNKNOWN', 'HARMLESS'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'PROVEN'
  )
}

/** Verdict, and seconds of processor time without compiling. */
async function measure(circuit: CorpusCircuit) {
  await (circuit.shown.by === 'boundary' ? corpusSubject(circuit) : compileCorpus(circuit))
  const before = process.cpuUsage()
  const verdict = await verdictOf(circuit)
  const { user, system } = process.cpuUsage(before)
  return { verdict, seconds: (user + system) / 1e6 }
}

const CLEAN: readonly CorpusVerdict[] = ['PROVEN', 'HARMLESS', 'AGREES', 'USED', 'IN RANGE']
const FOUND: readonly CorpusVerdict[] = [
  'FORGED',
  'ACCEPTED_ILLEGAL',
  'REJECTED_LEGAL',
  'WRONG_OUTPUT',
  'UNUSED',
  'RANGE',
]

const rows: CorpusData['rows'][number][] = []
for (const pair of PAIRS) {
  const circuitOf = (name: string) => CORPUS.find((circuit) => circuit.name === name)!
  const bug = await measure(circuitOf(pair.bug))
  const twin = await measure(circuitOf(pair.twin))
  const { class: kind, planted, shown } = pair
  rows.push({
    class: kind,
    bug: pair.bug,
    twin: pair.twin,
    planted,
    shownBy: shown.by,
    bugVerdict: bug.verdict,
    twinVerdict: twin.verdict,
    seconds: bug.seconds + twin.seconds,
  })
  process.stdout.write(`${pair.bug}: ${bug.verdict}; ${pair.twin}: ${twin.verdict}\n`)
}
await recordSection('corpus', { rows, cases: CASES } satisfies CorpusData)
// Of a hard bug it is enough that it is not proved.
const isHard = new Set(PAIRS.flatMap(({ bug, shown }) => (shown.by === 'determinism' && shown.isHard ? [bug] : [])))
const isFound = ({ bug, bugVerdict }: { bug: string; bugVerdict: CorpusVerdict }) =>
  FOUND.includes(bugVerdict) || (isHard.has(bug) && bugVerdict === 'UNKNOWN')
const wrong = rows.filter((row) => !isFound(row) || !CLEAN.includes(row.twinVerdict))
process.stdout.write(`${rows.length} pairs, ${wrong.length} with a wrong verdict\n`)
process.exitCode = wrong.length === 0 ? 0 : 1
