import type { CircuitDefinition } from '../circuits/types.ts'
import { BASE_FIELD, type G1Point, type G2Point } from './curve.ts'
import type { VerificationKey } from './verification-key.ts'

/** What the contract of a verifier is made of, besides its key. */
export interface ContractParts {
  readonly definition: Pick<CircuitDefinition, 'name' | 'template' | 'publicSignals'>
  /** Name of the contract. */
  readonly name: string
  /** Solidity that binds the contract to local chains, or nothing. */
  readonly guard: string
}

/** The verifier of a Groth16 key: its constants and one call of contracts/Groth16.sol per public signal. */
export function groth16Contract(key: VerificationKey, { definition, name, guard }: ContractParts): string {
  const signals = definition.publicSignals
  const calldataBytes = 4 + 32 * (8 + signals.length)
  const constants = constantsOf(key, signals)
  const words = constants.map(([name]) => swapped(name))
  const terms = signals.map((name, i) => {
    const constant = constantName(name)
    return `        ok = ok && Groth16.add(x, ${constant}_X, ${constant}_Y, signals[${i}]);`
  })
  return `/// @title Verifier of ${definition.name} proofs.
/// @dev Points of the key stand negated where the equation in Groth16.sol has a minus sign.
contract ${name} {
${constants.map(([name, value]) => `    uint256 private constant ${name} = ${value};`).join('\n')}
${guard}
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

    /// @notice The key: -alpha; beta, -gamma and -delta, of whose coordinates the imaginary part comes first; the point of the
    /// constant 1, and that of each signal.
    function key() external pure returns (uint256[${words.length}] memory words) {
${words.map((name, i) => `        words[${i}] = ${name};`).join('\n')}
    }
}
`
}

/** The constant at whose place that one stands where of each coordinate in G2 the imaginary part comes first. */
function swapped(name: string): string {
  return name.replace(/[01]$/, (part) => (part === '0' ? '1' : '0'))
}

/** What `key()` of the verifier of that key tells. */
export function groth16KeyWords(key: VerificationKey): bigint[] {
  const signals = key.ic.slice(1).map((_, i) => `signal${i}`)
  const values = new Map(constantsOf(key, signals))
  return [...values.keys()].map((name) => values.get(swapped(name))!)
}

type Constant = readonly [name: string, value: bigint]

function constantsOf(key: VerificationKey, signals: readonly string[]): Constant[] {
  return [
    ...g1('MINUS_ALPHA', minusG1(key.alpha)),
    ...g2('BETA', key.beta),
    ...g2('MINUS_GAMMA', minusG2(key.gamma)),
    ...g2('MINUS_DELTA', minusG2(key.delta)),
    ...key.ic.flatMap((point, i) => g1(i === 0 ? 'ONE' : constantName(signals[i - 1]!), point)),
  ]
}

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
