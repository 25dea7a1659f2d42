export { type Calldata, toCalldata } from './calldata.ts'
export { BASE_FIELD, type Fq2, type G1Point, type G2Point } from './curve.ts'
export {
  type Groth16Proof,
  type Groth16ProofJson,
  proofFromJson,
  proofToJson,
  publicSignalsFromJson,
  publicSignalsToJson,
} from './proof.ts'
export { LOCAL_CHAIN_IDS, type SoliditySourceOptions, soliditySource, verifierContractName } from './solidity.ts'
export { type KeyedCircuit, type VerificationKey, vetVerificationKey } from './verification-key.ts'
export { type VerifyOptions, verify } from './verify.ts'
