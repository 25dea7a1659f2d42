import type { InterfaceAbi } from 'ethers'

/** A contract ready to deploy. */
export interface CompiledContract {
  readonly abi: InterfaceAbi
  /** Creation code in hex, without the constructor's arguments. */
  readonly bytecode: string
}
