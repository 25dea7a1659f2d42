import assert from 'node:assert/strict'
import { type BaseContract, ContractFactory, type Signer } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { STATE_CIRCUITS } from '../../circuits/index.ts'
import { deployFrom } from '../../settlement/deploy.ts'
import { type DeploymentRecord, verifyDeployment } from '../../settlement/verify-deployment.ts'
import { deployedKeys, skippedPhase2, tradeBatchKey } from '../support/contracts/dev-keys.ts'
import { ITEMS } from '../support/contracts/settlement.ts'
import { createVenue, element, type Venue } from '../support/contracts/venue.ts'

describe('verifyDeployment', () => {
  let venue: Venue
  before(async () => {
    venue = await createVenue()
  })
  beforeEach(() => venue.reset())

  const check = (contracts: DeploymentRecord = venue.deployment.contracts, keys = deployedKeys) =>
    verifyDeployment({ provider: venue.ethers.provider as never, contracts, keys })
  /** The faults of a deployment, by contract. */
  const faultsOf = async (changes: DeploymentRecord) => {
    const { contracts, sound } = await check({ ...venue.deployment.contracts, ...changes })
    assert.equal(sound, false)
    return Object.fromEntries(
      contracts.filter(({ faults }) => faults.length > 0).map(({ name, faults }) => [name, faults]),
    )
  }
  const creation = async (name: string, bytecode: string, values: readonly unknown[], signer: Signer) => {
    const { abi } = venue.deployment.contracts[name]!
    const contract = await new ContractFactory(abi, bytecode, signer).deploy(...values)
    await contract.waitForDeployment()
    return { address: String(contract.target), transactionHash: contract.deploymentTransaction()!.hash }
  }

  it('finds what deploy deployed as built, and tells the terms', async () => {
    const { sound, contracts, terms, chainId } = await check()
    assert.deepEqual(
      contracts.map(({ rebuilt, faults }) => ({ rebuilt, faults })),
      contracts.map(() => ({ rebuilt: true, faults: [] })),
    )
    assert.equal(sound, true)
    assert.equal(chainId, 31337n)
    assert.equal(contracts.length, STATE_CIRCUITS.length + 2 + 4)
    const { roles, periods } = terms.Authority as Record<string, Record<string, unknown>>
    assert.equal(roles!.operator, venue.operator.address)
    assert.equal(periods!.upgradeDelay, 44n * 86_400n)
  })

  it('finds a venue that began with accounts', async () => {
    const { deployer, terms } = venue
    const other = await deployFrom(element('accounts'), { signer: deployer, keys: deployedKeys, terms })
    const { contracts, sound } = await check(other.contracts)
    assert.equal(sound, false)
    const faults = contracts.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`))
    assert.equal(faults.length, 1)
    assert.match(faults[0]!, new RegExp(`^Settlement: the root that it began with is ${element('accounts')}`))
  })

  it('finds other code, even if only the constructor is another', async () => {
    const { contracts } = venue.deployment
    const { bytecode } = contracts.MarginGate
    const values = [contracts.Settlement.address, contracts.MarginSufficiencyVerifier!.address, 10_000n, 900n, 3_600n]
    // The constructor's code stands first: its free memory pointer is moved by one word.
    const changed = bytecode.replace(/^0x610120/, '0x610140')
    assert.notEqual(changed, bytecode)
    const MarginGate = await creation('MarginGate', changed, values, venue.deployer)
    const faults = await faultsOf({ MarginGate })
    assert.deepEqual(Object.keys(faults), ['MarginGate'])
    assert.match(faults.MarginGate![0]!, /other code than these sources and keys/)
  })

  it('finds contracts that do not name each other, and transactions that made something else', async () => {
    const { contracts } = venue.deployment
    const other = (await createOther()).contracts
    const faults = await faultsOf({ Exits: other.Exits, MarginGate: other.MarginGate })
    assert.match(faults.Settlement!.join(), /exits is 0x/)
    assert.match(faults.Exits!.join(), /authority is 0x.*bound to 0x/)
    assert.match(faults.MarginGate!.join(), /settlement is 0x.*verifier is 0x/)
    const { address } = contracts.Settlement
    const swapped = await faultsOf({ Settlement: { address, transactionHash: other.Settlement.transactionHash } })
    assert.match(swapped.Settlement!.join(), /did not make the contract at/)
  })

  it('finds a verifier that is not in force any more', async () => {
    const { authority, governor, networkHelpers, deployment } = venue
    const { contracts } = deployment
    const as = (authority as never as BaseContract).connect(governor) as never as Record<
      string,
      (...values: unknown[]) => Promise<unknown>
    >
    const target = contracts.CashBatchVerifier!.address
    await as.propose!(ITEMS.CIRCUIT, 0, target, 19n)
    await networkHelpers.time.increase(44 * 86_400)
    await as.execute!(ITEMS.CIRCUIT, 0)
    const faults = await faultsOf({})
    assert.deepEqual(Object.keys(faults), ['TradeBatchVerifier'])
    assert.match(faults.TradeBatchVerifier![0]!, /not in force any more: 0x/)
  })

  it('refuses a record that lacks a contract, names no transaction, or one of another chain, and unsafe keys', async () => {
    const { contracts } = venue.deployment
    const { Exits, ...rest } = contracts
    await assert.rejects(check(rest), { code: 'INPUT_INVALID', path: 'contracts.Exits' })
    const wrong = (transactionHash: string) => check({ ...contracts, Exits: { ...Exits, transactionHash } })
    const path = 'contracts.Exits.transactionHash'
    await assert.rejects(wrong('0x12'), { code: 'INPUT_INVALID', path })
    await assert.rejects(wrong(`0x${'12'.repeat(32)}`), { code: 'INPUT_INVALID', path })
    const unsafe = deployedKeys.map((key) => (key === tradeBatchKey ? skippedPhase2(key) : key))
    await assert.rejects(check(contracts, unsafe), { code: 'KEY_UNSAFE' })
  })

  const createOther = async () => {
    const { deployer, terms } = venue
    const [first] = venue.deployment.tokens
    const assets = terms.assets.map((asset) => ({ ...asset, token: first! }))
    return deployFrom(venue.deployment.genesisRoot, {
      signer: deployer,
      keys: deployedKeys,
      terms: { ...terms, assets },
    })
  }
})
