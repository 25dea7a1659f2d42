import { spawn } from 'node:child_process'
import process from 'node:process'
import type { Counts } from './counts.ts'

/**
 * Runs the tests of the contracts, and prints their results when they have ended. Hardhat's own closing lines name what its
 * Solidity and mocha runners counted.
 */
export async function runContractTests(): Promise<Counts> {
  const child = spawn('hardhat', ['test'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exitCode = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  process.stdout.write(output)
  process.stderr.write(errors)
  const closing = (word: string) => Number(output.match(new RegExp(`^(\\d+) ${word} \\(`, 'm'))?.[1] ?? 0)
  const counts = {
    passed: closing('passing'),
    failed: closing('failing'),
    skipped: closing('skipped') + closing('pending'),
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1
  if (counts.passed + counts.failed === 0) counts.failed = 1
  return counts
}
