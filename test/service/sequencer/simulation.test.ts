import { test } from 'node:test'
import { runSchedule } from './simulation/simulate.ts'
import { requireVariety } from './simulation/variety.ts'

test('80 schedules of traders, chain and crashes: nothing lost, nothing twice, the same to the bit without a crash', () => {
  const seen = new Map<string, number>()
  for (let seed = 0n; seed < 80n; seed++) runSchedule(seed, seen)
  requireVariety(seen)
})
