import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { PLANTED_FAULTS } from './simulation/planted-faults.ts'
import { runSchedule } from './simulation/simulate.ts'
import { requireVariety } from './simulation/variety.ts'

test('80 schedules of traders, chain and crashes: nothing lost, nothing twice, the same to the bit without a crash', () => {
  const seen = new Map<string, number>()
  for (let seed = 0n; seed < 80n; seed++) runSchedule(seed, seen)
  requireVariety(seen)
})

test('the faults that schedules have to find before a release can be planted: what each changes stands in its file once', () => {
  for (const { name, file, text } of PLANTED_FAULTS) {
    const source = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
    assert.equal(source.split(text).length, 2, name)
  }
})
