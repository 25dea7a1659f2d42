/**
 * Writes the constants of circom and Solidity from parameters.json, and the statements of Solidity from the registry of
 * circuits. `--check` writes nothing and fails if a file is not what it would write.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { circomParameters, HEADER } from '../circuits/lib/circom-parameters.ts'
import parameters from '../parameters.json' with { type: 'json' }
import { solidityStatements } from './solidity-statements.ts'

const { bits, constants } = parameters

function solidity(): string {
  return `// SPDX-License-Identifier: GPL-3.0-or-later
${HEADER}pragma solidity 0.8.37;

/// @title Constants that contracts share with the circuits.
library Parameters {
    /// One hundred per cent in basis points.
    uint256 internal constant BASIS_POINTS = ${constants.BASIS_POINTS};

    /// Width of a number of basis points.
    uint256 internal constant BASIS_POINTS_BITS = ${bits.basisPoints};
}
`
}

const files: Record<string, string> = {
  'circuits/lib/parameters.circom': circomParameters(parameters),
  'contracts/Parameters.sol': solidity(),
  'contracts/Statements.sol': await solidityStatements(),
}

const root = join(import.meta.dirname, '..')
for (const [path, content] of Object.entries(files)) {
  const file = join(root, path)
  if (process.argv.includes('--check')) {
    const current = await readFile(file, 'utf8').catch(() => undefined)
    if (current === content) continue
    console.error(`${path} is not what it is generated from says; run \`npm run generate\``)
    process.exitCode = 1
  } else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}
