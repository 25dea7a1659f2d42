import assert from 'node:assert/strict'
import { type BaseContract, ContractFactory, type Signer } from 'ethers'
import { before, beforeEach, describe, it } from 'mocha'
import { riskUpdateWordCount, STATE_CIRCUITS } from '../../circuits/index.ts'
import { venueShape } from '../../protocol/shape.ts'
import { authorityArguments, toldParameters } from '../../settlement/constructor-arguments.ts'
import { deployFrom } from '../../settlement/deploy.ts'
import { completeTerms, DEFAULT_PERIODS } from '../../settlement/terms.ts'
import { type DeploymentRecord, verifyDeployment } from '../../settlement/verify-deployment.ts'
import { sampleRiskParameters } from '../../venue/index.ts'
import { verifierContractName } from '../../verifier/solidity.ts'
import { deployedKeys, skippedPhase2, tradeBatchKey } from '../support/contracts/dev-keys.ts'
import { CASH, ITEMS } from '../support/contracts/settlement.ts'
import { createVenue, element, type Venue } from '../support/contracts/venue.ts'

describe('verifyDeployment', () => {
  let venue: Venue
  before(async () => {
    venue = await createVenue()
  })
  beforeEach(() => venue.reset())

  const check = (
    contracts: DeploymentRecord = venue.deployment.contracts,
    keys = deployedKeys,
    provider: object = venue.ethers.provider,
  ) => verifyDeployment({ provider: provider as never, contracts, keys })
  /** The node, which answers some questions in another way. */
  const nodeWith = (answers: Readonly<Record<string, unknown>>) =>
    new Proxy(venue.ethers.provider, {
      get: (target, name) => {
        const value = answers[String(name)] ?? (Reflect.get(target, name) as unknown)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
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
    const { sound, contracts, terms, now, chainId } = await check()
    assert.deepEqual(
      contracts.map(({ rebuilt, faults }) => ({ rebuilt, faults })),
      contracts.map(() => ({ rebuilt: true, faults: [] })),
    )
    assert.equal(sound, true)
    assert.equal(chainId, 31337n)
    assert.equal(contracts.length, STATE_CIRCUITS.length + 3 + 4)
    const { roles, periods } = terms.Authority as Record<string, Record<string, unknown>>
    assert.equal(roles!.operator, venue.operator.address)
    assert.equal(periods!.upgradeDelay, 44n * 86_400n)
    assert.deepEqual([now!.operator, now!.frozenAt, now!.pending], [venue.operator.address, 0n, []])
  })

  it('finds risk parameters that break a bound, or are not what their root stands for', async () => {
    const { contracts } = venue.deployment
    const { parameters } = sampleRiskParameters(1_750_000_000n)
    const circuits = {
      batches: STATE_CIRCUITS.map((circuit) => {
        const verifier = contracts[verifierContractName(circuit)]!.address
        return { verifier, words: circuit.wordCount('small') }
      }),
      riskUpdate: { verifier: contracts.RiskUpdateVerifier!.address, words: riskUpdateWordCount('small') },
      exitVerifier: contracts.ExitVerifier!.address,
    }
    const terms = completeTerms(
      {
        ...venue.terms,
        assets: venue.terms.assets.map((asset) => ({ ...asset, token: contracts.PlayToken0!.address })),
      },
      venueShape('small'),
    )
    const faultsWith = async (told: { root: bigint; words: bigint[] }) => {
      const values = authorityArguments(terms, circuits).with(-1, told)
      const { Authority } = await faultsOf({
        Authority: await creation('Authority', contracts.Authority.bytecode, values, venue.deployer),
      })
      return Authority!.filter((fault) => fault.startsWith('the risk parameters that it began with'))
    }
    const told = toldParameters(parameters)
    assert.deepEqual(await faultsWith(told), [])
    assert.match((await faultsWith({ ...told, root: 5n })).join(), /: their root is \d+, and 5 was given/)
    assert.match(
      (await faultsWith({ ...told, words: [] })).join(),
      /: parameters\.words: are 0; those of the profile small are/,
    )
    const wide = toldParameters({ ...parameters, takerFeeBps: 101n })
    assert.match((await faultsWith(wide)).join(), /: parameters\.takerFeeBps: is 101; must be in \[0, 100\]/)
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
    await as.propose!(ITEMS.CIRCUIT, 0, target, BigInt(STATE_CIRCUITS[0]!.wordCount('small')))
    await networkHelpers.time.increase(44 * 86_400)
    await as.execute!(ITEMS.CIRCUIT, 0)
    const faults = await faultsOf({})
    assert.deepEqual(Object.keys(faults), ['TradeBatchVerifier'])
    assert.match(faults.TradeBatchVerifier![0]!, /not in force any more: 0x/)
  })

  it('finds batches of fewer words than their circuit has, though the verifier is the same', async () => {
    const { authority, governor, networkHelpers, deployment } = venue
    const as = (authority as never as BaseContract).connect(governor) as never as Record<
      string,
      (...values: unknown[]) => Promise<unknown>
    >
    const words = STATE_CIRCUITS[Number(CASH)]!.wordCount('small')
    await as.propose!(ITEMS.CIRCUIT, CASH, deployment.contracts.CashBatchVerifier!.address, BigInt(words - 5))
    await networkHelpers.time.increase(44 * 86_400)
    await as.execute!(ITEMS.CIRCUIT, CASH)
    const faults = await faultsOf({})
    assert.deepEqual(Object.keys(faults), ['Authority'])
    assert.match(faults.Authority![0]!, new RegExp(`cash-batch have ${words - 5} words now; the circuit has ${words}`))
  })

  it('finds that nothing a constructor takes stands behind its code', async () => {
    const { contracts } = venue.deployment
    const { bytecode, transactionHash } = contracts.Exits
    const getTransaction = async (hash: string) => {
      return hash === transactionHash ? { data: `${bytecode}12` } : venue.ethers.provider.getTransaction(hash)
    }
    const checks = await check(contracts, deployedKeys, nodeWith({ getTransaction }))
    assert.equal(checks.sound, false)
    const told = checks.contracts.filter(({ faults }) => faults.length > 0)
    assert.deepEqual(
      told.map(({ name, faults }) => [name, faults]),
      [['Exits', ['what stands behind its code is not what the constructor takes']]],
    )
  })

  it('finds on a chain that is not local that anybody can forge proofs under dev keys', async () => {
    const getNetwork = async () => ({ chainId: 10n })
    const { contracts } = venue.deployment
    const { sound, contracts: checks } = await check(contracts, deployedKeys, nodeWith({ getNetwork }))
    assert.equal(sound, false)
    const told = checks.filter(({ faults }) => faults.some((fault) => /dev key, whose secrets are public/.test(fault)))
    assert.deepEqual(
      told.map(({ name }) => name),
      deployedKeys.map(({ definition }) => verifierContractName(definition)),
    )
  })

  it('tells what is pending, and who has a power now', async () => {
    const { authority, governor, anybody, networkHelpers } = venue
    const as = (authority as never as BaseContract).connect(governor) as never as Record<
      string,
      (...values: unknown[]) => Promise<unknown>
    >
    await as.propose!(ITEMS.OPERATOR, 0, anybody.address, 0n)
    const { pending, operator } = (await check()).now!
    assert.deepEqual(
      pending.map(({ item, key, target }) => [item, key, target]),
      [['OPERATOR', 0, anybody.address]],
    )
    assert.equal(operator, venue.operator.address)
    await networkHelpers.time.increase(44 * 86_400)
    await as.execute!(ITEMS.OPERATOR, 0)
    const { now, sound } = await check()
    assert.deepEqual([now!.operator, now!.pending, sound], [anybody.address, [], true])
  })

  it('doubts a grace so long that the guardian can keep everybody from being taken over, and words that nobody told', async () => {
    const { authority, governor, networkHelpers } = venue
    const as = (authority as never as BaseContract).connect(governor) as never as Record<
      string,
      (...values: unknown[]) => Promise<unknown>
    >
    assert.deepEqual((await check()).doubts, [])
    const rest = 2n * DEFAULT_PERIODS.maxPause
    const { parameters } = sampleRiskParameters(1_750_000_000n)
    const { root, words } = toldParameters({ ...parameters, grace: rest })
    await as.proposeParameters!(root, words)
    const proposed = await check()
    assert.match(proposed.doubts[0]!, new RegExp(`^proposed: grace: .* ${rest} s after a pause`))
    assert.deepEqual([proposed.doubts.length, proposed.sound], [1, true])
    await networkHelpers.time.increase(44 * 86_400)
    await as.execute!(ITEMS.PARAMETERS, 0)
    const { doubts, sound } = await check()
    assert.match(doubts[0]!, new RegExp(`^grace: .* ${rest} s after a pause`))
    assert.deepEqual([doubts.length, sound], [1, true])
    await as.proposeParameters!(root + 1n, words)
    assert.match((await check()).doubts[1]!, /^proposed: parameters: nobody told those whose root is/)
    await as.cancel!(ITEMS.PARAMETERS, 0)
    const broken = toldParameters({ ...parameters, jumpBps: 0n })
    await as.proposeParameters!(broken.root, broken.words)
    assert.match((await check()).doubts[1]!, /^proposed: parameters.jumpBps: is 0; .*; no table can follow from them$/)
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
