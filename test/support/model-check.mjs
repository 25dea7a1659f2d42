/**
 * Asks the model checker of the pinned compiler about one contract and prints what it finds, one line each. A process of its
 * own for each question: the checker does not stop when asked to, and several questions in one process have hung.
 *
 *   node model-check.mjs     reads { sources, file, contract } as JSON
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { sources, file, contract } = JSON.parse(readFileSync(0, 'utf8'))
// No timeout of its own: with one it has crashed.
const modelChecker = {
  engine: 'chc',
  solvers: ['z3'],
  targets: ['assert', 'underflow', 'overflow', 'divByZero'],
  contracts: { [file]: [contract] },
  showProvedSafe: true,
  showUnproved: true,
}
const settings = { modelChecker, outputSelection: { '*': { '*': ['abi'] } } }
const solc = createRequire(import.meta.url)('solc')
const { errors = [] } = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })))
for (const { message } of errors) console.log(message.split('\n')[0])
