/**
 * What each rule and lemma adds to what the audit proves of public templates of libraries: how many signals it determines, and
 * how many are lost without it. Argument: the folder of packages, as in libraries.ts. No times are measured. Takes some ten minutes.
 */
import process from 'node:process'
import { type Ablation, lostIn, openAblation, type Part, type Proved, partsOf } from '../../lab/ablation/ablation.ts'
import { installedLibraries, type PublicTemplate } from './installed-libraries.ts'
import { recordSection } from './record.ts'
import type { AblatedPart, AblationData } from './sections/ablation.ts'

/** Larger templates are proved again only without what no smaller one needs. */
const MOST_CONSTRAINTS = 12_000

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
  /** The smallest template in which it had a say. */
  smallest: { readonly constraints: number; readonly template: PublicTemplate } | undefined
}

const tallies = new Map<string, Tally>()

function tallyOf(part: Part): Tally {
  const name = `${part.kind} ${part.name}`
  const known = tallies.get(name)
  if (known !== undefined) return known
  const tally: Tally = { part, signals: 0, gadgets: 0, templates: 0, lost: [], smallest: undefined }
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
    if (constraints < (tally.smallest?.constraints ?? Number.POSITIVE_INFINITY))
      tally.smallest = { constraints, template }
    if (constraints <= MOST_CONSTRAINTS) await lostWithout(part, ablation, whole, template.name)
  }
  console.log(`${template.name}: ${constraints} constraints, ${parts.length} parts`)
}

const libraries = await installedLibraries(roots)
for (const { templates } of libraries) for (const template of templates) await measure(template)
for (const { part, lost, smallest } of tallies.values()) {
  if (lost.length > 0) continue
  const { template } = smallest!
  const ablation = openAblation(await template.open())
  await lostWithout(part, ablation, await ablation.prove(), template.name)
}

const parts = [...tallies.values()].map(({ part, signals, gadgets, templates, lost }): AblatedPart => {
  const most = lost.reduce((one, other) => (other.signals > one.signals ? other : one))
  return {
    ...part,
    ...{ signals, gadgets, templates, tried: lost.length },
    lost: lost.reduce((sum, one) => sum + one.signals, 0),
    most: most.signals > 0 ? most : null,
  }
})
const of = libraries.map(({ name, version, templates }) => ({ name, version, templates: templates.length }))
await recordSection('ablation', { libraries: of, mostConstraints: MOST_CONSTRAINTS, parts } satisfies AblationData)
