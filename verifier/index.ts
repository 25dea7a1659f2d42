export { auditKey, type KeyAudit, type KeyAuditOptions } from './audit-key.ts'
export { type Calldata, type KzgCalldata, toCalldata, toKzgCalldata } from './calldata.ts'
export { BASE_FIELD, type Fq2, type G1Point, type G2Point } from './curve.ts'
export type { KeyFault, KeyFaultCode } from './key-faults.ts'
export { type KzgKey, type KzgKeyOf, vetKzgKey } from './kzg/key.ts'
export { type FflonkProof, type KzgProof, type KzgProofOf, kzgWords, type PlonkProof } from './kzg/proof.ts'
export {
  type Groth16Proof,
  type Groth16ProofJson,
  proofFromJson,
  proofToJson,
  publicSignalsFromJson,
  publicSignalsToJson,
} from './proof.ts'
export { LOCAL_CHAIN_IDS, type SoliditySourceOptions, soliditySource, verifierContractName } from './solidity.ts'
export { type KeyOf, type Proof, type ProofOf, proofSystemOf, readProof, vetKey, writeProof } from './systems.ts'
export { type KeyedCircuit, type VerificationKey, vetVerificationKey } from './verification-key.ts'
export { type VerifyOptions, verify } from './verify.ts'
