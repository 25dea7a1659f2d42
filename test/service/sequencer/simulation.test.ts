import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSchedule } from './simulation/simulate.ts'

test('80 schedules of traders, chain and crashes: nothing lost, nothing twice, the same to the bit without a crash', () => {
  const seen = new Map<string, number>()
  for (let seed = 0n; seed < 80n; seed++) runSchedule(seed, seen)
  for (const name of [
    'executed',
    'filled',
    'busted',
    'refused',
    'sealed',
    'dropped',
    'rewound',
    'served',
    'finality',
    'taken-over',
    'deleveraged',
  ]) {
    assert.ok((seen.get(`> ${name}`) ?? 0) > 0, `never: ${name}`)
  }
  for (const name of [
    'crash before-append',
    'crash after-append',
    'reorganised',
    'pause',
    'final',
    'dead orders taken back',
    'made anew: AGE',
    'made anew: PAUSE',
    'due: flag',
    'due: takeover',
  ]) {
    assert.ok((seen.get(name) ?? 0) > 0, `never: ${name}`)
  }
})
