/**
 * What each rule and lemma adds to what the audit proves of public templates of libraries: how many signals it determines, and
 * how many are lost without it. Argument: the folder of packages, as in libraries.ts. No times are measured. Takes
 * some ten minutes on an idle machine.
 */
import process from 'node:process'
import { type Ablation, lostIn, openAblation, type Part, type Proved, partsOf } from '../../lab/ablation/ablation.ts'
import { installedLibraries, type PublicTemplate } from './installed-libraries.ts'
import { recordSection } from './record.ts'
import type { AblatedPart, AblationData } from './sections/ablation.ts'

/** Larger templates, up to the second size, are proved again only without what no smaller one needs. */
const MOST_CONSTRAINTS = 12_000
const MOST_OF_ANY = 250_000

const [roots] = process.argv.slice(2)
if (roots === undefined) throw new Error('name the folder of packages')

/** What is known of a part so far. */
interface Tally {
  readonly part: Part
  signals: number
  gadgets: number
  /** Templates in which it had a say. */
  templates: number
  /** Templates that were proved again without it, and the signals that were lost in each. */
  readonly lost: { readonly template: string; readonly signals: number }[]
  /** Larger templates in which it had a say. */
  readonly larger: { readonly constraints: number; readonly template: PublicTemplate }[]
}

const tallies = new Map<string, Tally>()

function tallyOf(part: Part): Tally {
  const name = `${part.kind} ${part.name}`
  const known = tallies.get(name)
  if (known !== undefined) return known
  const tally: Tally = { part, signals: 0, gadgets: 0, templates: 0, lost: [], larger: [] }
  tallies.set(name, tally)
  return tally
}

async function lostWithout(part: Part, ablation: Ablation, whole: Proved, template: string): Promise<void> {
  tallyOf(part).lost.push({ template, signals: lostIn(await ablation.prove(part), whole) })
}

async function measure(template: PublicTemplate): Promise<void> {
  const subject = await template.open()
  const constraints = subject.r1cs.nConstraints
  const ablation = openAblation(subject)
  const whole = await ablation.prove()
  const parts = partsOf(ablation, whole)
  for (const part of parts) {
    const tally = tallyOf(part)
    tally.templates++
    if (part.kind === 'rule') tally.signals += whole.rules.get(part.name)!
    if (part.kind === 'lemma') tally.gadgets += ablation.gadgets.get(part.name)!
    if (constraints <= MOST_CONSTRAINTS) await lostWithout(part, ablation, whole, template.name)
    else if (constraints <= MOST_OF_ANY) tally.larger.push({ constraints, template })
  }
  console.log(`${template.name}: ${constraints} constraints, ${parts.length} parts`)
}

const libraries = await installedLibraries(roots)
for (const { templates } of libraries) for (const template of templates) await measure(template)
for (const { part, lost, larger } of tallies.values()) {
  larger.sort((a, b) => a.constraints - b.constraints)
  // Some have a say in large ones alone, or are needed there alone.
  const tried = lost.length === 0 ? larger[0] : lost.every(({ signals }) => signals === 0) ? larger.at(-1) : undefined
  if (tried === undefined) continue
  const { template } = tried
  const ablation = openAblation(await template.open())
  await lostWithout(part, ablation, await ablation.prove(), template.name)
}

const parts = [...tallies.values()].map(({ part, signals, gadgets, templates, lost }): AblatedPart => {
  const most = lost.reduce((one, other) => (other.signals > one.signals ? other : one), { template: '', signals: 0 })
  return {
    ...part,
    ...{ signals, gadgets, templates, tried: lost.length },
    lost: lost.reduce((sum, one) => sum + one.signals, 0),
    most: most.signals > 0 ? most : null,
  }
})
const of = libraries.map(({ name, version, templates }) => ({ name, version, templates: templates.length }))
await recordSection('ablation', {
  libraries: of,
  mostConstraints: MOST_CONSTRAINTS,
  mostOfAny: MOST_OF_ANY,
  parts,
} satisfies AblationData)
