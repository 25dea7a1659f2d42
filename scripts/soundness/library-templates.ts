/** Templates of a package of circuits, with arguments that people use, or small ones. */
export interface Library {
  /** As npm knows it. */
  readonly name: string
  /** Where its .circom files are, inside the package. */
  readonly folder: string
  /** Folders of its bare includes, inside the folder of packages. */
  readonly libraries: readonly string[]
  /** Arguments by template, by file. */
  readonly files: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>
}

const CIRCOMLIB = 'circomlib/circuits'
const ZK_KIT = '@zk-kit/circuits/circom'

/** Not all of their templates: those that people put into circuits of their own, and whole circuits of a size that takes seconds. */
export const LIBRARIES: readonly Library[] = [
  {
    name: 'circomlib',
    folder: 'circuits',
    libraries: [],
    files: {
      'babyjub.circom': { BabyPbk: [] },
      'bitify.circom': { Num2Bits_strict: [] },
      'comparators.circom': { LessThan: [16] },
      'compconstant.circom': { CompConstant: [12_345] },
      'eddsa.circom': { EdDSAVerifier: [8] },
      'eddsamimc.circom': { EdDSAMiMCVerifier: [] },
      'eddsamimcsponge.circom': { EdDSAMiMCSpongeVerifier: [] },
      'eddsaposeidon.circom': { EdDSAPoseidonVerifier: [] },
      'escalarmulany.circom': { EscalarMulAny: [8] },
      'mimcsponge.circom': { MiMCSponge: [2, 220, 1] },
      'montgomery.circom': { Edwards2Montgomery: [], MontgomeryAdd: [] },
      'multiplexer.circom': { Multiplexer: [2, 4] },
      'pedersen.circom': { Pedersen: [8] },
      'pointbits.circom': { Bits2Point_Strict: [], Point2Bits_Strict: [] },
      'poseidon.circom': { Poseidon: [2] },
      'sha256/sha256.circom': { Sha256: [8] },
      'smt/smtprocessor.circom': { SMTProcessor: [10] },
      'smt/smtverifier.circom': { SMTVerifier: [10] },
    },
  },
  {
    name: '@semaphore-protocol/circuits',
    folder: 'src',
    libraries: [CIRCOMLIB, '@zk-kit/binary-merkle-root.circom/src'],
    files: { 'semaphore.circom': { Semaphore: [20] } },
  },
  {
    name: '@zk-kit/binary-merkle-root.circom',
    folder: 'src',
    libraries: [CIRCOMLIB],
    files: { 'binary-merkle-root.circom': { BinaryMerkleRoot: [20] } },
  },
  {
    name: '@zk-kit/circuits',
    folder: 'circom',
    libraries: [CIRCOMLIB],
    files: {
      'binary-merkle-root.circom': { BinaryMerkleRoot: [20] },
      'ecdh.circom': { Ecdh: [] },
      'eddsa-proof.circom': { EddsaProof: [] },
      'float.circom': {
        IntegerDivision: [32],
        ToFloat: [2],
        DivisionFromNormal: [2, 32],
        MultiplicationFromFloat: [2, 32],
      },
      'poseidon-cipher.circom': { PoseidonDecrypt: [7] },
      'poseidon-proof.circom': { PoseidonProof: [2] },
      'safe-comparators.circom': {
        SafeLessThan: [32],
        SafeLessEqThan: [32],
      },
      'unpack-element.circom': { UnpackElement: [5] },
    },
  },
  {
    name: 'maci-circuits',
    folder: 'circom',
    libraries: [CIRCOMLIB, ZK_KIT],
    files: {
      // incrementalMerkleTree.circom leaves one of its includes to whoever includes it.
      'core/qv/processMessages.circom': {
        MerkleTreeInclusionProof: [10],
        CheckRoot: [3],
        MerkleGeneratePathIndices: [10],
        ProcessOne: [10, 2],
        ProcessMessages: [10, 2, 1, 2],
      },
      'trees/incrementalQuinaryTree.circom': {
        QuinSelector: [5],
        Splicer: [4],
        QuinTreeInclusionProof: [2],
        QuinGeneratePathIndices: [3],
        QuinCheckRoot: [2],
      },
      'utils/privToPubKey.circom': { PrivToPubKey: [] },
      'utils/hashers.circom': { MessageHasher: [] },
      'utils/verifySignature.circom': { VerifySignature: [] },
      'utils/messageToCommand.circom': { MessageToCommand: [] },
      'utils/qv/stateLeafAndBallotTransformer.circom': { StateLeafAndBallotTransformer: [] },
      'core/qv/tallyVotes.circom': { TallyVotes: [10, 1, 2] },
    },
  },
  {
    name: '@unirep/circuits',
    folder: 'circuits',
    libraries: [],
    files: {
      'bigComparators.circom': { LowerLessThan: [64] },
      'identity.circom': { IdentityCommitment: [] },
      'incrementalMerkleTree.circom': { MerkleTreeInclusionProof: [17] },
      'hasher.circom': { StateTreeLeaf: [6] },
      'epochKey.circom': { EpochKey: [17, 2, 6] },
      'signup.circom': { Signup: [6] },
      'scopeNullifier.circom': { ScopeNullifier: [17, 2, 6] },
      'reputation.circom': { Reputation: [17, 2, 4, 6, 48] },
      'userStateTransition.circom': { UserStateTransition: [17, 17, 17, 2, 6, 4, 48] },
    },
  },
  {
    name: '@zk-email/circuits',
    folder: '',
    libraries: ['', CIRCOMLIB],
    files: {
      'email-verifier.circom': { EmailVerifier: [128, 128, 121, 17, 1, 0, 0, 0] },
      'helpers/remove-soft-line-breaks.circom': { RemoveSoftLineBreaks: [32] },
      'helpers/reveal-substring.circom': { RevealSubstring: [32, 8, 0] },
      'lib/base64.circom': { Base64Decode: [33] },
      'lib/bigint.circom': { BigLessThan: [121, 17] },
      'lib/fp.circom': { FpMul: [121, 17] },
      'lib/rsa.circom': { RSAVerifier65537: [121, 17] },
      'lib/sha.circom': { Sha256Bytes: [128] },
      'utils/array.circom': {
        ItemAtIndex: [32],
        SelectSubArray: [32, 8],
        VarShiftLeft: [32, 8],
        AssertZeroPadding: [32],
      },
      'utils/bytes.circom': {
        PackBytes: [62],
        DigitBytesToInt: [8],
        ByteMask: [32],
        PackBits: [256, 248],
      },
      'utils/email.circom': { CleanEmailAddress: [32] },
      'utils/hash.circom': { PoseidonLarge: [121, 17] },
      'utils/regex.circom': { PackRegexReveal: [32, 8] },
    },
  },
  {
    name: '@zk-email/zk-regex-circom',
    folder: 'circuits/common',
    libraries: ['', CIRCOMLIB],
    files: {
      'body_hash_regex.circom': { BodyHashRegex: [32] },
    },
  },
]
