import { BASE_FIELD } from '../../verifier/curve.ts'
import type { VkeyJson } from './noble-verify.ts'

/** A point of a key in Solidity verifiers: of infinity, both coordinates are 0. */
const g1Of = ([x, y, z]: readonly string[]) => (z === '0' ? ['0', '0'] : [x!, y!])

const g2Of = ([x, y, z]: readonly (readonly string[])[]) =>
  z?.[0] === '0' ? (['0', '0', '0', '0'] as const) : ([x![0]!, x![1]!, y![0]!, y![1]!] as const)

/** As snarkjs wrote verifiers until 0.6, and many before it: a library of pairings and a function that gives the key. */
export function pairingLibrarySource({ vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC }: VkeyJson): string {
  const point = (key: readonly string[]) =>
    `Pairing.G1Point(\n            ${g1Of(key).join(',\n            ')}\n        )`
  const pair = (key: readonly (readonly string[])[]) => {
    const [x0, x1, y0, y1] = g2Of(key)
    return `Pairing.G2Point(\n            [${x1},\n             ${x0}],\n            [${y1}, ${y0}]\n        )`
  }
  return `pragma solidity ^0.6.11;
contract Verifier {
    using Pairing for *;
    function verifyingKey() internal pure returns (VerifyingKey memory vk) {
        vk.alfa1 = ${point(vk_alpha_1)}; // vk.alfa1 = Pairing.G1Point(1, 2);
        vk.beta2 = ${pair(vk_beta_2)};
        vk.gamma2 = ${pair(vk_gamma_2)};
        vk.delta2 = ${pair(vk_delta_2)};
        vk.IC = new Pairing.G1Point[](${IC.length});
${IC.map((one, i) => `        vk.IC[${i}] = ${point(one)};`).join('\n')}
    }
}
`
}

/** As ZoKrates writes them: the same in hexadecimal, with other names. */
export function zokratesSource({ vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC }: VkeyJson): string {
  const word = (value: string) => `uint256(0x${BigInt(value).toString(16).padStart(64, '0')})`
  const point = (key: readonly string[]) => `Pairing.G1Point(${g1Of(key).map(word).join(', ')})`
  const pair = (key: readonly (readonly string[])[]) => {
    const [x0, x1, y0, y1] = g2Of(key).map(word)
    return `Pairing.G2Point([${x1}, ${x0}], [${y1}, ${y0}])`
  }
  return `contract Verifier {
        vk.alpha = ${point(vk_alpha_1)};
        vk.beta = ${pair(vk_beta_2)};
        vk.gamma = ${pair(vk_gamma_2)};
        vk.delta = ${pair(vk_delta_2)};
        vk.gamma_abc = new Pairing.G1Point[](${IC.length});
${IC.map((one, i) => `        vk.gamma_abc[${i}] = ${point(one)};`).join('\n')}
}`
}

/** As gnark writes them: constants, three points negated. */
export function gnarkSource({ vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC }: VkeyJson): string {
  const minus = (value: string) => String((BASE_FIELD - BigInt(value)) % BASE_FIELD)
  const constants: [string, string][] = [
    ['ALPHA_X', g1Of(vk_alpha_1)[0]!],
    ['ALPHA_Y', g1Of(vk_alpha_1)[1]!],
  ]
  for (const [name, key] of [
    ['BETA', vk_beta_2],
    ['GAMMA', vk_gamma_2],
    ['DELTA', vk_delta_2],
  ] as const) {
    const [x0, x1, y0, y1] = g2Of(key)
    constants.push(
      [`${name}_NEG_X_0`, x0],
      [`${name}_NEG_X_1`, x1],
      [`${name}_NEG_Y_0`, minus(y0)],
      [`${name}_NEG_Y_1`, minus(y1)],
    )
  }
  for (const [i, key] of IC.entries()) {
    const name = i === 0 ? 'CONSTANT' : `PUB_${i - 1}`
    constants.push([`${name}_X`, g1Of(key)[0]!], [`${name}_Y`, g1Of(key)[1]!])
  }
  return `contract Verifier {\n${constants.map(([name, value]) => `    uint256 constant ${name} = ${value};`).join('\n')}\n}`
}
