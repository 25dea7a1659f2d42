import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { test } from 'node:test'

/** Runs Hardhat over these files of one kind; what it says, if it failed. */
function hardhat(kind: 'mocha' | 'solidity', file: string, env: Readonly<Record<string, string>> = {}): void {
  const options = { encoding: 'utf8', env: { ...process.env, ...env } } as const
  const { status, stdout, stderr } = spawnSync('hardhat', ['test', kind, file], options)
  assert.equal(status, 0, `${stdout}\n${stderr}`)
  assert.match(stdout, /1 passing/)
}

/** Of 64 times 10 calls each. */
const RUNS = 1_563

test('money goes only where it may, in 1,000,000 calls of every function by everybody', () => {
  assert.ok(RUNS * 640 >= 1_000_000)
  hardhat('solidity', 'test/contracts/solidity/SettlementInvariant.t.sol', { ZKCLEAR_INVARIANT_RUNS: `${RUNS}` })
})

test('a settlement takes cash batches and an exit with their proofs, and pays', () => {
  hardhat('mocha', 'test/contracts-slow/proved-batch.ts')
})
