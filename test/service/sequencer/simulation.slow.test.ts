import { test } from 'node:test'
import { runSchedule } from './simulation/simulate.ts'

/** As many as an otherwise idle core runs in a few minutes. */
const SCHEDULES = 10_000n

test(`${SCHEDULES} more schedules`, () => {
  for (let seed = 1_000_000n; seed < 1_000_000n + SCHEDULES; seed++) runSchedule(seed, new Map())
})
