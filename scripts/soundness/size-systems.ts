/** A circuit of a wanted size, made of a public template. */
export interface SizedSystem {
  /** What it is made of. */
  readonly what: string
  /** The package of the template, as npm knows it, and the folder of its sources in the package. */
  readonly name: string
  readonly folder: string
  /** Folders of its bare includes, inside the folder of packages. */
  readonly libraries: readonly string[]
  /** A template and its arguments, in a file that is given by its text. */
  readonly template: string
  readonly templateArguments: readonly number[]
  readonly source: string
}

const CIRCOMLIB = 'circomlib/circuits'

/** Proofs of membership one after the other, each in the scope that is the nullifier of the one before. */
const SEMAPHORES = `pragma circom 2.1.5;
include "semaphore.circom";

template Proofs(count, depth) {
    signal input secret[count], length[count], index[count], siblings[count][depth], message[count], scope;
    signal output root[count], nullifier;
    signal scopes[count + 1];
    scopes[0] <== scope;
    for (var i = 0; i < count; i++) {
        (root[i], scopes[i + 1]) <== Semaphore(depth)(secret[i], length[i], index[i], siblings[i], message[i], scopes[i]);
    }
    nullifier <== scopes[count];
}
`

function semaphores(count: number, depth: number): SizedSystem {
  return {
    what: count === 1 ? `Semaphore(${depth})` : `${count} times Semaphore(${depth})`,
    name: '@semaphore-protocol/circuits',
    folder: 'src',
    libraries: [CIRCOMLIB, '@zk-kit/binary-merkle-root.circom/src'],
    template: 'Proofs',
    templateArguments: [count, depth],
    source: SEMAPHORES,
  }
}

/** A batch of 5^batch votes. */
function messages(state: number, tree: number, batch: number, options: number): SizedSystem {
  return {
    what: `ProcessMessages(${state}, ${tree}, ${batch}, ${options})`,
    name: 'maci-circuits',
    folder: 'circom',
    libraries: [CIRCOMLIB, '@zk-kit/circuits/circom'],
    template: 'ProcessMessages',
    templateArguments: [state, tree, batch, options],
    source: 'pragma circom 2.0.0;\ninclude "core/qv/processMessages.circom";\n',
  }
}

function blocks(count: number): SizedSystem {
  const bits = 512 * (count - 1)
  return {
    what: `Sha256(${Math.max(bits, 8)})`,
    name: 'circomlib',
    folder: 'circuits',
    libraries: [],
    template: 'Sha256',
    templateArguments: [Math.max(bits, 8)],
    source: 'pragma circom 2.0.0;\ninclude "sha256/sha256.circom";\n',
  }
}

/** From ten thousand constraints to a million and a half. */
export const SIZED_SYSTEMS: readonly SizedSystem[] = [
  semaphores(1, 1),
  semaphores(4, 20),
  semaphores(18, 20),
  semaphores(37, 20),
  semaphores(55, 20),
  blocks(5),
  messages(10, 2, 1, 2),
  messages(14, 9, 2, 3),
]
