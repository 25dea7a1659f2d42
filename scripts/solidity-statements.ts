import { format } from 'prettier'
import { exit } from '../circuits/exit/index.ts'
import { STATE_CIRCUITS } from '../circuits/index.ts'
import { marginSufficiency } from '../circuits/margin-sufficiency/index.ts'
import { portfolioExposure } from '../circuits/portfolio-exposure/index.ts'
import { riskUpdate } from '../circuits/risk-update/index.ts'

/**
 * Contracts that ask a verifier, with what they ask it. Signals that stand for words, of proofs that move the state root, of exits,
 * exposures and risk updates, come from PublicData.sol, so those have no function of their own.
 */
function statements() {
  const { publicSignals } = exit
  for (const { name, publicSignals: own } of [...STATE_CIRCUITS, portfolioExposure, riskUpdate]) {
    if (own.join() !== publicSignals.join()) throw new Error(`${name} publishes words, but has other signals`)
  }
  const movers = STATE_CIRCUITS.map(({ name }) => name).join(', ')
  return [
    {
      contract: 'IStateVerifier',
      of: `proofs that move the state root (${movers}) or open it (${exit.name}, ${portfolioExposure.name}), and of risk tables (${riskUpdate.name})`,
      publicSignals,
      withKey: true,
    },
    {
      contract: 'IMarginSufficiencyVerifier',
      of: `proofs of ${marginSufficiency.name}`,
      statement: 'marginSufficiency',
      publicSignals: marginSufficiency.publicSignals,
    },
  ]
}

/** contracts/Statements.sol: public signals in the circuits' order, so that no contract writes an order down. */
export async function solidityStatements(): Promise<string> {
  const all = statements()
  const interfaces = all.map(
    ({ contract, of, publicSignals, withKey }) => `
/// @title Generated verifier of ${of}.
interface ${contract} {
    /// @notice Whether the proof holds for these public signals.
    /// @param signals ${publicSignals.join(', ')}. False if one is not canonical.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[${publicSignals.length}] calldata signals
    ) external view returns (bool);
${withKey ? keyFunction(publicSignals.length) : ''}}
`,
  )
  const functions = all.flatMap(({ of, statement, publicSignals }) =>
    statement === undefined
      ? []
      : `
    /// @notice Signals of ${of}.
    function ${statement}(
        ${publicSignals.map((name) => `uint256 ${name}`).join(', ')}
    ) internal pure returns (uint256[${publicSignals.length}] memory) {
        return [${publicSignals.join(', ')}];
    }
`,
  )
  const text = `// SPDX-License-Identifier: GPL-3.0-or-later
// Generated from the registry of circuits by \`npm run generate\`; never edited.
pragma solidity 0.8.37;
${interfaces.join('')}
/// @title Statements as public signals, each in the order of its circuit.
library Statements {${functions.join('')}}
`
  const options = { parser: 'slang', plugins: ['prettier-plugin-solidity'], printWidth: 120, tabWidth: 4 }
  return await format(text, options)
}

/** What is asked of verifiers whose proofs are checked many at once. */
function keyFunction(signals: number): string {
  return `
    /// @notice Its key: -alpha; beta, -gamma and -delta, of whose coordinates the imaginary part comes first; the point of the
    /// constant 1, and that of each signal.
    function key() external view returns (uint256[${16 + 2 * signals}] memory);
`
}
