import { toField } from '../../protocol/numbers.ts'
import { LOGARITHM, TAIL } from '../../protocol/risk/coefficients.ts'
import { LOGARITHM_LAYOUT, TAIL_LAYOUT } from '../../protocol/risk/fixed-point.ts'
import { FINE_LN_2 } from '../../protocol/risk/logarithm.ts'

/** circuits/risk-update/coefficients.circom: the curves that the reference model computes with (protocol.md#curves). */
export function circomCoefficients(): string {
  return `// Generated from protocol/risk/coefficients.ts by \`npm run generate\`; never edited.
pragma circom 2.2.3;

function LOGARITHM_OFFSET_BITS() { return ${LOGARITHM_LAYOUT.offsetBits}; }
function LOGARITHM_FRACTION_BITS() { return ${LOGARITHM_LAYOUT.scale}; }
function LOGARITHM_OF_2() { return ${FINE_LN_2}; }
function TAIL_OFFSET_BITS() { return ${TAIL_LAYOUT.offsetBits}; }
function TAIL_FRACTION_BITS() { return ${TAIL_LAYOUT.scale}; }

// Coefficients of each piece, lowest first.
function LOGARITHM_CURVE() {
    return ${rows(LOGARITHM)};
}

function TAIL_CURVE() {
    return ${rows(TAIL)};
}
`
}

function rows(pieces: readonly (readonly bigint[])[]): string {
  return `[\n${pieces.map((piece) => `        [${piece.map(toField).join(', ')}]`).join(',\n')}\n    ]`
}
