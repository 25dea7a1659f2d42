import { Contract, type JsonRpcProvider } from 'ethers'
import { network } from 'hardhat'
import { loadArtifacts } from '../../keys/load.ts'
import { viewCommitment } from '../../protocol/account.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { connect, DEPLOYED_CIRCUITS, deploy, readSettlement, readVerifierKey } from '../../settlement/index.ts'
import { PARAMETERS } from './signed-reports.ts'

/** Secrets of the house. */
export const HOUSE = { privateKey: new Uint8Array(32).fill(1), viewKey: 0x1234567890abcdefn }

/** The keys of the second and the third account that every Hardhat chain is born with, and their addresses. */
export const ALICE = {
  key: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  address: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
}
export const BOB = {
  key: '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  address: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
}

/** Terms of a venue of play tokens in which one address has every role, and the house is its too. */
export function ownTerms(own: string) {
  const key = keyToRegister(tradingKey(HOUSE.privateKey))
  const house = { owner: own, key, ownerCommitment: 1n, viewCommitment: viewCommitment(HOUSE.viewKey) }
  const asset = { token: 'play', lotScale: 1n, minDeposit: 1n }
  return { assets: [asset, asset], house, governor: own, operator: own }
}

/** A chain in its own server. */
export async function startChain() {
  const server = await network.createServer({ override: { allowBlocksWithSameTimestamp: true } }, '127.0.0.1', 0)
  const { address, port } = await server.listen()
  const rpcUrl = `http://${address}:${port}`
  return {
    rpcUrl,
    /** Asks the node for what only development nodes do. */
    async ask(method: string, ...values: unknown[]) {
      using connection = await connect({ rpcUrl })
      return await (connection.signer.provider as JsonRpcProvider).send(method, values)
    },
    /** The time of its newest block. */
    async time() {
      using connection = await connect({ rpcUrl })
      return BigInt((await connection.signer.provider!.getBlock('latest'))!.timestamp)
    },
    /** Makes units of a play token for an address. */
    async mint(token: string, to: string, units: bigint) {
      using connection = await connect({ rpcUrl })
      const contract = new Contract(token, ['function mint(address to, uint256 units)'], connection.signer)
      await (await contract.getFunction('mint')(to, units)).wait()
    },
    /** Units of a token that an address has. */
    async balance(token: string, of: string): Promise<bigint> {
      using connection = await connect({ rpcUrl })
      const contract = new Contract(token, ['function balanceOf(address) view returns (uint256)'], connection.signer)
      return await contract.getFunction('balanceOf')(of)
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** Such a chain with the contracts of a venue on which nobody but the house has registered. */
export async function startVenue({
  guardian,
  riskParameters = PARAMETERS,
}: {
  readonly guardian?: string
  readonly riskParameters?: RiskParameters
} = {}) {
  const chain = await startChain()
  const { rpcUrl } = chain
  using connection = await connect({ rpcUrl })
  const { signer } = connection
  const keys = await Promise.all(
    DEPLOYED_CIRCUITS.map(async (circuit) => readVerifierKey(await loadArtifacts(circuit, 'small'))),
  )
  const terms = { ...ownTerms(await signer.getAddress()), riskParameters, guardian }
  const { contracts, domain, tokens } = await deploy({ signer, keys, terms })
  const settlement = contracts.Settlement.address
  return {
    ...chain,
    ...{ settlement, domain, tokens, gate: contracts.MarginGate.address },
    async status() {
      using connection = await connect({ rpcUrl })
      return await readSettlement({ signer: connection.signer, settlement })
    },
  }
}
