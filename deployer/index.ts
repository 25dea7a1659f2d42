export { type CompiledContract, compileContracts } from './compile-contracts.ts'
export { type Connection, type ConnectOptions, connect } from './connect.ts'
export { type DeployedContract, type Deployment, type DeployOptions, deploy } from './deploy.ts'
export { readVerifierKey, type VerifierKey, verifierSources } from './verifier-key.ts'
