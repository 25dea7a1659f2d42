import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { power as powerOf } from '../../protocol/field.ts'
import type { G1Point } from '../curve.ts'
import type { ContractParts } from '../groth16-contract.ts'
import type { KzgKey } from './key.ts'
import { mapValues, SHAPES } from './shapes.ts'

/** Gas with which the code beneath never runs out, for as many signals as any circuit here has. */
const ENOUGH_GAS: Readonly<Record<KzgKey['protocol'], string>> = { plonk: '400_000', fflonk: '300_000' }

/**
 * The verifier of a PLONK or FFLONK key: a contract that checks what snarkjs's own code leaves open, and that code, which
 * becomes an internal function of a contract beneath it.
 */
export function kzgContract(key: KzgKey, { definition, name, guard }: ContractParts): string {
  const { points, evaluations } = SHAPES[key.protocol]
  const signals = definition.publicSignals
  const base = `${definition.template}${key.protocol === 'plonk' ? 'Plonk' : 'Fflonk'}`
  const zeroEvaluation =
    key.protocol === 'fflonk'
      ? `\n        // The code beneath reckons z - 1 without reducing it.\n        if (proof[${wordOf('z')}] == 0) return false;`
      : ''
  return `${snarkjsContract(key, base)}
/// @title Verifier of ${definition.name} proofs in ${key.protocol === 'plonk' ? 'PLONK' : 'FFLONK'}.
contract ${name} is ${base} {
${guard}
    /// @notice Whether the proof holds for these public signals: ${signals.join(', ')}.
    /// @param proof Coordinates of ${points.join(', ')}, then ${evaluations.join(', ')}.
    /// @dev False, too, for a signal or a part of the proof that is not canonical and for calldata that is too long. The
    /// code beneath checks the proof, but hashes signals as they are given: without the check here, whoever makes proofs
    /// chooses between a signal and signal + r. It also takes a precompile that ran out of gas for a false proof.
    function verifyProof(
        uint256[24] calldata proof,
        uint256[${signals.length}] calldata signals
    ) external view returns (bool) {
        if (gasleft() < ${ENOUGH_GAS[key.protocol]}) revert IProofErrors.NotEnoughGas(gasleft(), ${ENOUGH_GAS[key.protocol]});
        if (msg.data.length != ${4 + 32 * (24 + signals.length)}) return false;
        for (uint256 i = 0; i < ${signals.length}; i++) {
            if (signals[i] >= Field.ORDER) return false;
        }${zeroEvaluation}
        return proofHolds(proof, signals);
    }
}
`
}

function wordOf(evaluation: (typeof SHAPES)['fflonk']['evaluations'][number]): number {
  return 2 * SHAPES.fflonk.points.length + SHAPES.fflonk.evaluations.indexOf(evaluation)
}

/** snarkjs's contract for the key, abstract and with its function internal; it reads its arguments from the calldata. */
function snarkjsContract(key: KzgKey, name: string): string {
  const require = createRequire(import.meta.url)
  const library = require.resolve('snarkjs')
  const template = join(dirname(library), '..', 'templates', `verifier_${key.protocol}.sol.ejs`)
  const { render }: { render(template: string, data: object): string } = createRequire(library)('ejs')
  const signature =
    /function verifyProof\((uint256|bytes32)\[24\] calldata \w+, (uint256\[\d+\] calldata \w+)\) public view/
  return edit(render(readFileSync(template, 'utf8'), templateData(key)), [
    [/^\/\/ SPDX-License-Identifier: .*\n/, ''],
    [/^pragma solidity .*;\n/m, ''],
    [/^contract \w+ \{/m, `abstract contract ${name} {`],
    [signature, 'function proofHolds(uint256[24] calldata, $2) internal view'],
  ])
}

/** Replaces each pattern, which must occur exactly once: another version of snarkjs is not edited blindly. */
function edit(text: string, edits: readonly (readonly [RegExp, string])[]): string {
  return edits.reduce((edited, [pattern, by]) => {
    const found = edited.match(new RegExp(pattern.source, `${pattern.flags}g`))?.length ?? 0
    if (found !== 1) throw new Error(`snarkjs's verifier template has ${found} places like ${pattern}, not 1`)
    return edited.replace(pattern, by)
  }, text)
}

function templateData({ nPublic, power, points, scalars, tauG2 }: KzgKey): object {
  const decimal = (point: G1Point | null) => (point ?? [0n, 0n]).map(String)
  const powers = (root: bigint, name: string, count: number) =>
    Array.from({ length: count }, (_, i) => [`${name}_${i + 1}`, String(powerOf(root, BigInt(i + 1)))])
  const { w3, w4, w8 } = scalars as Partial<Record<string, bigint>>
  return {
    nPublic,
    power,
    ...mapValues<G1Point | null, string[]>(points, decimal),
    ...mapValues<bigint, string>(scalars, String),
    ...Object.fromEntries([
      ...(w3 === undefined ? [] : powers(w3, 'w3', 2)),
      ...(w4 === undefined ? [] : powers(w4, 'w4', 3)),
      ...(w8 === undefined ? [] : powers(w8, 'w8', 7)),
    ]),
    X_2: tauG2.map((coordinate) => coordinate.map(String)),
  }
}
