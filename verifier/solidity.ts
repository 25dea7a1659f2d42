import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { BASE_FIELD, type G1Point, type G2Point } from './curve.ts'
import { vetVerificationKey } from './verification-key.ts'

export interface SoliditySourceOptions {
  /** sha256 of the verification key's file, in hex; it goes into the header comment. */
  digest: string
  /** How the key came about, from the artefacts' manifest. */
  setup: 'dev' | 'ceremony'
  /** Required for ceremony keys: the transcript's sha256 in hex, and how many people contributed. */
  ceremony?: { readonly digest: string; readonly contributions: number } | undefined
}

/** Chains on which dev keys may be used, because nothing there is worth forging a proof for. */
export const LOCAL_CHAIN_IDS: readonly bigint[] = [31337n, 1337n]

/** The name of a circuit's verifier contract: TradeBatchVerifier for the template TradeBatch. */
export function verifierContractName(definition: Pick<CircuitDefinition, 'template'>): string {
  return `${definition.template}Verifier`
}

/**
 * Solidity source of a circuit's verifier: the key's constants and one call of contracts/Groth16.sol per public signal.
 * The function it declares is the one snarkjs's own verifiers have, so calldata made for those fits. The verifier of a dev
 * key cannot be deployed to a chain that is not local, whatever tool tries: its constructor reverts.
 * `verificationKey` is vetted first, with that function's errors: KEY_UNSAFE, ARTIFACT_CORRUPT. KEY_UNSAFE, too, for a
 * ceremony key without a ceremony that somebody contributed to.
 */
export async function soliditySource(
  definition: Pick<CircuitDefinition, 'name' | 'template' | 'publicSignals'>,
  verificationKey: unknown,
  { digest, setup, ceremony }: SoliditySourceOptions,
): Promise<string> {
  const key = await vetVerificationKey(verificationKey, definition)
  const signals = definition.publicSignals
  const calldataBytes = 4 + 32 * (8 + signals.length)
  const constants = [
    ...g1('MINUS_ALPHA', minusG1(key.alpha)),
    ...g2('BETA', key.beta),
    ...g2('MINUS_GAMMA', minusG2(key.gamma)),
    ...g2('MINUS_DELTA', minusG2(key.delta)),
    ...key.ic.flatMap((point, i) => g1(i === 0 ? 'ONE' : constantName(signals[i - 1]!), point)),
  ]
  const terms = signals.map((name, i) => {
    const constant = constantName(name)
    return `        ok = ok && Groth16.add(x, ${constant}_X, ${constant}_Y, signals[${i}]);`
  })
  return `// SPDX-License-Identifier: GPL-3.0-or-later
// Generated from a verification key; do not edit.
// circuit: ${definition.name}
// key: sha256 ${digest}
// setup: ${setupText(definition, setup, ceremony)}
pragma solidity 0.8.37;

import { Groth16 } from "../Groth16.sol";

/// @title Verifier of ${definition.name} proofs.
/// @dev Points of the key stand negated where the equation in Groth16.sol has a minus sign.
contract ${verifierContractName(definition)} {
${constants.map(([name, value]) => `    uint256 private constant ${name} = ${value};`).join('\n')}
${setup === 'dev' ? DEV_GUARD : ''}
    /// @notice Whether the proof holds for these public signals: ${signals.join(', ')}.
    /// @dev False, too, for a signal that is not canonical and for calldata that is too long.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[${signals.length}] calldata signals
    ) external view returns (bool) {
        bool ok = msg.data.length == ${calldataBytes};
        Groth16.Sum memory x = Groth16.begin(ONE_X, ONE_Y);
${terms.join('\n')}
        if (!ok) return false;

        uint256[24] memory points;
        (points[0], points[1]) = (a[0], a[1]);
        (points[2], points[3], points[4], points[5]) = (b[0][0], b[0][1], b[1][0], b[1][1]);
        (points[6], points[7]) = (MINUS_ALPHA_X, MINUS_ALPHA_Y);
        (points[8], points[9], points[10], points[11]) = (BETA_X1, BETA_X0, BETA_Y1, BETA_Y0);
        (points[12], points[13]) = (x.x, x.y);
        (points[14], points[15], points[16], points[17]) = (MINUS_GAMMA_X1, MINUS_GAMMA_X0, MINUS_GAMMA_Y1, MINUS_GAMMA_Y0);
        (points[18], points[19]) = (c[0], c[1]);
        (points[20], points[21], points[22], points[23]) = (MINUS_DELTA_X1, MINUS_DELTA_X0, MINUS_DELTA_Y1, MINUS_DELTA_Y0);
        return Groth16.pairingIsOne(points);
    }
}
`
}

const DEV_GUARD = `
    /// The secrets of this key are public, so anybody could forge proofs: it is for local chains only.
    error DevKeyOnPublicChain(uint256 chainId);

    constructor() {
        bool local = ${LOCAL_CHAIN_IDS.map((id) => `block.chainid == ${id}`).join(' || ')};
        if (!local) revert DevKeyOnPublicChain(block.chainid);
    }
`

/** The header names the ceremony, so that whoever reads a deployed verifier's source knows which transcript to check. */
function setupText(
  { name }: Pick<CircuitDefinition, 'name'>,
  setup: SoliditySourceOptions['setup'],
  ceremony: SoliditySourceOptions['ceremony'],
): string {
  if (setup === 'dev') return setup
  if (ceremony !== undefined && /^[0-9a-f]{64}$/.test(ceremony.digest) && ceremony.contributions >= 1) {
    return `${setup}\n// ceremony: transcript sha256 ${ceremony.digest}, contributions ${ceremony.contributions}`
  }
  const message = `the key of ${name} names no ceremony that somebody contributed to; export it from one`
  throw new ZkclearError('KEY_UNSAFE', message, { details: { circuit: name } })
}

type Constant = readonly [name: string, value: bigint]

function g1(name: string, [x, y]: G1Point): Constant[] {
  return [
    [`${name}_X`, x],
    [`${name}_Y`, y],
  ]
}

/** Names end in 0 for the real and 1 for the imaginary part of a coordinate. */
function g2(name: string, [x, y]: G2Point): Constant[] {
  return [
    [`${name}_X0`, x[0]],
    [`${name}_X1`, x[1]],
    [`${name}_Y0`, y[0]],
    [`${name}_Y1`, y[1]],
  ]
}

function minusG1([x, y]: G1Point): G1Point {
  return [x, minus(y)]
}

function minusG2([x, [real, imaginary]]: G2Point): G2Point {
  return [x, [minus(real), minus(imaginary)]]
}

function minus(coordinate: bigint): bigint {
  return coordinate === 0n ? 0n : BASE_FIELD - coordinate
}

/** `oldStateRoot` becomes `OLD_STATE_ROOT`. */
function constantName(signal: string): string {
  return signal.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
