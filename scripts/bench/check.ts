import { isDeepStrictEqual } from 'node:util'
import { CIRCUIT_NAMES, CIRCUITS } from '../../circuits/index.ts'
import { PROFILE_NAMES } from '../../protocol/shape.ts'
import type { Measurements } from './measurements.ts'

/**
 * What is wrong with the counts: a circuit that is over its budget, or one that is compiled now to other constraints than
 * were recorded. Profiles that are not compiled now are held to their budgets only.
 */
export function findGrowth(recorded: Measurements, current: Measurements): string[] {
  const problems: string[] = []
  for (const profile of PROFILE_NAMES) {
    for (const name of CIRCUIT_NAMES) {
      const was = recorded.circuits[profile]?.[name]?.counts
      const is = current.circuits[profile]?.[name]?.counts
      const budget = CIRCUITS[name].review.budget[profile]
      if (is === undefined) continue
      if (is.total > budget) problems.push(`${name} (${profile}) has ${is.total} constraints; its budget is ${budget}`)
      if (isDeepStrictEqual(was, is)) continue
      problems.push(
        `${name} (${profile}) has ${is.total} constraints, ${was?.total ?? 'none'} were recorded, or its parts differ; if that is ` +
          'meant, run `npm run bench -- --counts` and say in the commit what they are spent on',
      )
    }
  }
  return problems
}
