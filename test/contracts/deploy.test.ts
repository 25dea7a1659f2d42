import assert from 'node:assert/strict'
import { Contract, VoidSigner } from 'ethers'
import { network } from 'hardhat'
import { before, describe, it } from 'mocha'
import { RISK_UPDATE_KIND, riskUpdateWordCount, STATE_CIRCUITS } from '../../circuits/index.ts'
import { marginContext, settlementDomain } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { type DeployOptions, deploy } from '../../settlement/deploy.ts'
import { doubtfulTerms } from '../../settlement/doubts.ts'
import type { AssetTerms, VenueTerms } from '../../settlement/terms.ts'
import { type VerifierKey, verifierSources } from '../../settlement/verifier-key.ts'
import { sampleRiskParameters } from '../../venue/index.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import { verifierContractName } from '../../verifier/solidity.ts'
import {
  type DevKey,
  deployedKeys,
  marginSufficiencyKey,
  skippedPhase2,
  tradeBatchKey,
} from '../support/contracts/dev-keys.ts'
import {
  createVenue,
  GENESIS_ROOT,
  MAX_RISK_AGE,
  MAX_ROOT_AGE,
  PURPOSE,
  RATIO_BPS,
  type Venue,
} from '../support/contracts/venue.ts'

const CEREMONY = { setup: 'ceremony' as const, ceremony: { digest: 'cd'.repeat(32), contributions: 3 } }

describe('deploy', () => {
  let venue: Venue
  before(async () => {
    venue = await createVenue()
  })

  const tryDeploy = (changes: Partial<DeployOptions>, signer = venue.deployer as DeployOptions['signer']) =>
    deploy({
      signer,
      keys: deployedKeys,
      terms: venue.terms,
      ...changes,
    })
  const refuses = (changes: Partial<DeployOptions>, code: string, path?: string) =>
    assert.rejects(tryDeploy(changes), { name: 'ZkclearError', code, ...(path === undefined ? {} : { path }) })

  /** The keys, with this one instead of its circuit's. */
  const instead = (key: VerifierKey) => ({
    keys: deployedKeys.map((one) => (one.definition.name === key.definition.name ? key : one)),
  })

  /** The terms with these changes. */
  const terms = (changes: Partial<VenueTerms>) => ({ terms: { ...venue.terms, ...changes } })

  it('deploys contracts that know each other and the terms, and reports addresses and gas', async () => {
    const { deployment, settlement, authority, gate, operator, governor, house } = venue
    const { contracts } = deployment
    assert.equal(await settlement.stateRoot(), GENESIS_ROOT)
    assert.equal(deployment.genesisRoot, GENESIS_ROOT)
    assert.equal(await settlement.authority(), contracts.Authority.address)
    assert.equal(await settlement.exits(), contracts.Exits.address)
    const roles = ['governor', 'operator', 'guardian'] as const
    const nobody = `0x${'0'.repeat(40)}`
    const held = await Promise.all(roles.map((role) => authority[role]()))
    assert.deepEqual(held, [governor.address, operator.address, nobody])
    assert.equal(await settlement.ownerOf(0n), house.address)
    assert.equal(await authority.upgradeDelay(), 44n * 86_400n)
    assert.equal(await authority.kinds(), BigInt(STATE_CIRCUITS.length))
    assert.equal(await authority.exitVerifier(), contracts.ExitVerifier!.address)
    const risk = await authority.circuits(RISK_UPDATE_KIND)
    assert.deepEqual([...risk], [contracts.RiskUpdateVerifier!.address, BigInt(riskUpdateWordCount('small'))])
    assert.equal(await gate.settlement(), contracts.Settlement.address)
    assert.equal(await gate.ratioBps(), RATIO_BPS)
    assert.deepEqual([await gate.maxRootAge(), await gate.maxRiskAge()], [MAX_ROOT_AGE, MAX_RISK_AGE])
    assert.equal(
      deployment.gasUsed,
      Object.values(contracts).reduce((sum, { gasUsed }) => sum + gasUsed, 0n),
    )
  })

  it('computes the domain and the context as the contracts do', async () => {
    const { deployment, settlement, gate } = venue
    assert.equal(await settlement.domain(), deployment.domain)
    assert.equal(await settlement.domain(), settlementDomain(31337n, String(settlement.target)))
    assert.equal(await gate.context(PURPOSE), marginContext(String(gate.target), PURPOSE))
  })

  it('refuses a dev key on a chain that is not local, and sends nothing', async () => {
    const { ethers } = await network.create({ override: { chainId: 11155111 } })
    const [signer] = await ethers.getSigners()
    await assert.rejects(tryDeploy({}, signer), { name: 'ZkclearError', code: 'CHAIN_REFUSED' })
    const oneDev = { keys: deployedKeys.map((key, i) => (i === 0 ? key : { ...key, ...CEREMONY })) }
    await assert.rejects(tryDeploy(oneDev, signer), { code: 'CHAIN_REFUSED' })
    assert.equal(await ethers.provider.getTransactionCount(signer!), 0)
  })

  it('deploys ceremony keys to any chain, with tokens that are there', async () => {
    const { ethers } = await network.create({ override: { chainId: 11155111 } })
    const [signer] = await ethers.getSigners()
    const keys = deployedKeys.map((key) => ({ ...key, ...CEREMONY }))
    const token = await (await ethers.deployContract('TestToken')).getAddress()
    const assets = venue.terms.assets.map((asset) => ({ ...asset, token }))
    assert.equal((await tryDeploy({ keys, ...terms({ assets }) }, signer)).chainId, 11155111n)
  })

  it('refuses keys under which proofs can be forged', async () => {
    const { vk_gamma_2: gamma, IC } = tradeBatchKey.verificationKey
    const minusGamma = [gamma[0]!, gamma[1]!.map((y) => String(BASE_FIELD - BigInt(y))), gamma[2]!]
    const changes: Partial<DevKey['verificationKey']>[] = [
      { vk_delta_2: gamma },
      { vk_delta_2: minusGamma },
      { vk_alpha_1: ['0', '1', '0'] },
      { IC: [...IC].with(1, IC[2]!) },
    ]
    for (const change of changes) {
      const verificationKey = { ...tradeBatchKey.verificationKey, ...change }
      await refuses(instead({ ...tradeBatchKey, verificationKey }), 'KEY_UNSAFE')
    }
    await refuses(instead(skippedPhase2(marginSufficiencyKey)), 'KEY_UNSAFE')
    await refuses(instead({ ...skippedPhase2(marginSufficiencyKey), ...CEREMONY }), 'KEY_UNSAFE')
  })

  it('refuses a key that says it is from a ceremony and names none, or one without contributions', async () => {
    const key = { ...tradeBatchKey, setup: 'ceremony' as const }
    await refuses(instead(key), 'KEY_UNSAFE')
    await refuses(instead({ ...key, ceremony: { ...CEREMONY.ceremony, contributions: 0 } }), 'KEY_UNSAFE')
  })

  it('generates no verifier from such a key', async () => {
    await assert.rejects(verifierSources([skippedPhase2(tradeBatchKey)]), { code: 'KEY_UNSAFE' })
  })

  it('refuses the key of a circuit with another number of public signals', async () => {
    const { verificationKey } = marginSufficiencyKey
    await refuses(instead({ ...tradeBatchKey, verificationKey }), 'ARTIFACT_CORRUPT')
  })

  it('takes the keys in any order, and refuses a missing one, a second one, one of another circuit or proof system', async () => {
    const { deployment, authority } = venue
    const { contracts } = await tryDeploy({ keys: deployedKeys.toReversed() })
    assert.deepEqual(Object.keys(contracts), Object.keys(deployment.contracts))
    for (const [kind, circuit] of STATE_CIRCUITS.entries()) {
      const verifier = deployment.contracts[verifierContractName(circuit)]!.address
      assert.deepEqual([...(await authority.circuits(BigInt(kind)))], [verifier, BigInt(circuit.wordCount('small'))])
    }
    for (const i of deployedKeys.keys()) {
      await refuses({ keys: deployedKeys.toSpliced(i, 1) }, 'INPUT_INVALID', 'keys')
    }
    await refuses({ keys: [...deployedKeys, tradeBatchKey] }, 'INPUT_INVALID', `keys[${deployedKeys.length}]`)
    await refuses(instead({ ...marginSufficiencyKey, profile: 'standard' }), 'INPUT_INVALID', 'keys[6]')
    const { definition } = tradeBatchKey
    const other = { ...tradeBatchKey, definition: { ...definition, name: 'product' } }
    await refuses({ keys: [other, ...deployedKeys] }, 'INPUT_INVALID', 'keys[0]')
    await refuses(instead({ ...marginSufficiencyKey, proofSystem: 'plonk' }), 'INPUT_INVALID', 'keys[6]')
  })

  it('begins with the state without accounts only', async () => {
    for (const genesisRoot of [0n, GENESIS_ROOT + 1n, FIELD]) {
      await refuses(terms({ genesisRoot }), 'INPUT_INVALID', 'terms.genesisRoot')
    }
  })

  it('refuses addresses that nobody holds, for every role', async () => {
    const { address } = venue.anybody
    const wrong = [
      '0x1234',
      address.slice(2),
      address.toLowerCase().slice(2),
      `0x${'00'.repeat(20)}`,
      undefined as never,
    ]
    for (const role of ['governor', 'operator'] as const) {
      for (const given of wrong) await refuses(terms({ [role]: given }), 'INPUT_INVALID', `terms.${role}`)
    }
    await refuses(terms({ guardian: wrong[0]! }), 'INPUT_INVALID', 'terms.guardian')
    await refuses(terms({ house: { ...venue.terms.house, owner: wrong[3]! } }), 'INPUT_INVALID', 'terms.house.owner')
    const house = { ...venue.terms.house, viewCommitment: FIELD }
    await refuses(terms({ house }), 'INPUT_INVALID', 'terms.house.viewCommitment')
  })

  it('refuses assets that cannot be held: too few, without code, no token, of which there is too much', async () => {
    const [play] = venue.terms.assets
    const [first] = venue.deployment.tokens
    const asset = (changes: Partial<AssetTerms>) => terms({ assets: [play!, { ...play!, ...changes }] })
    await refuses(terms({ assets: [play!] }), 'INPUT_INVALID', 'terms.assets')
    await refuses(asset({ token: venue.anybody.address }), 'INPUT_INVALID', 'terms.assets[1].token')
    const noToken = venue.deployment.contracts.MarginGate.address
    await refuses(asset({ token: noToken }), 'INPUT_INVALID', 'terms.assets[1].token')
    await refuses(asset({ token: 'gold' }), 'INPUT_INVALID', 'terms.assets[1].token')
    for (const lotScale of [0n, (1n << 128n) + 1n]) {
      await refuses(asset({ lotScale }), 'INPUT_INVALID', 'terms.assets[1].lotScale')
    }
    await refuses(asset({ minDeposit: 0n }), 'INPUT_INVALID', 'terms.assets[1].minDeposit')
    await refuses(asset({ outflow: { floor: 0n, shareBps: 99n } }), 'INPUT_INVALID', 'terms.assets[1].outflow.shareBps')
    const { contracts } = venue.deployment
    const token = new Contract(first!, contracts.PlayToken0!.abi, venue.anybody)
    await (await token.getFunction('mint').send(venue.anybody.address, 1n << 200n)).wait()
    await refuses(asset({ token: first! }), 'INPUT_INVALID', 'terms.assets[1].token')
    await tryDeploy(asset({ token: first!, lotScale: (1n << 121n) + 1n }))
  })

  it('refuses periods by one second that the contracts would refuse', async () => {
    const day = 86_400n
    const period = (name: string, seconds: bigint) => terms({ periods: { [name]: seconds } })
    for (const [name, seconds] of [
      ['forcePeriod', day - 1n],
      ['maxDeadline', 3n * day - 1n],
      ['maxDeadline', 30n * day + 1n],
      ['upgradeDelay', 44n * day - 1n],
      ['windDownPeriod', 44n * day - 1n],
      ['windDownPeriod', 365n * day + 1n],
      ['closingNotice', day - 1n],
      ['closingNotice', 53n * day + 1n],
      ['claimPeriod', 7n * day - 1n],
      ['claimPeriod', 90n * day + 1n],
      ['executionWindow', 30n * day + 1n],
      ['executionWindow', 0n],
      ['outflowMax', 1n],
      ['maxPause', -1n],
      ['maxPause', 3n * day + 1n],
      ['spacing', 1n << 32n],
    ] as const) {
      await refuses(period(name, seconds), 'INPUT_INVALID', `terms.periods.${name}`)
    }
    const short = { periods: { upgradeDelay: 21n * day - 1n }, shortDelay: true }
    await refuses(terms(short), 'INPUT_INVALID', 'terms.periods.upgradeDelay')
    await tryDeploy(terms({ periods: { upgradeDelay: 21n * day }, shortDelay: true }))
  })

  it('doubts a grace that is not shorter than the time between two pauses, by one second', () => {
    const { parameters } = sampleRiskParameters(1_750_000_000n)
    const doubts = (grace: bigint, maxPause?: bigint) => {
      const riskParameters = { ...parameters, grace, auction: 1n }
      return doubtfulTerms({ riskParameters, ...(maxPause !== undefined && { periods: { maxPause } }) })
    }
    for (const [maxPause, rest] of [
      [0n, 86_400n],
      [43_200n, 86_400n],
      [43_201n, 86_402n],
      [undefined, 345_600n],
    ] as const) {
      assert.match(doubts(rest, maxPause)[0]!, new RegExp(`^grace: the guardian may pause again ${rest} s after`))
      assert.deepEqual(doubts(rest - 2n, maxPause), [])
    }
    assert.deepEqual(doubtfulTerms({}), [])
  })

  it('refuses fees and margin terms out of range', async () => {
    await refuses(terms({ fees: { step: 0n } }), 'INPUT_INVALID', 'terms.fees.step')
    await refuses(terms({ fees: { base: 1n << 128n } }), 'INPUT_INVALID', 'terms.fees.base')
    await refuses(terms({ margin: { ratioBps: 9_999n } }), 'INPUT_INVALID', 'terms.margin.ratioBps')
    await refuses(terms({ margin: { ratioBps: 1n << 17n } }), 'INPUT_INVALID', 'terms.margin.ratioBps')
    for (const age of [-1n, 1n << 32n]) {
      await refuses(terms({ margin: { maxRootAge: age } }), 'INPUT_INVALID', 'terms.margin.maxRootAge')
      await refuses(terms({ margin: { maxRiskAge: age } }), 'INPUT_INVALID', 'terms.margin.maxRiskAge')
    }
  })

  it('deploys play tokens on development chains only', async () => {
    const { ethers } = await network.create({ override: { chainId: 11155111 } })
    const [signer] = await ethers.getSigners()
    const keys = deployedKeys.map((key) => ({ ...key, ...CEREMONY }))
    await assert.rejects(tryDeploy({ keys }, signer), { code: 'CHAIN_REFUSED' })
    assert.equal(await ethers.provider.getTransactionCount(signer!), 0)
  })

  it('stops between contracts when aborted, and says what is deployed', async () => {
    const controller = new AbortController()
    const stages: string[] = []
    const options = {
      signal: controller.signal,
      onProgress: ({ stage }: { stage: string }) => {
        stages.push(stage)
        if (stage === 'deploy Settlement') controller.abort()
      },
    }
    await assert.rejects(tryDeploy(options), (error: { code: string; details: { deployed: string[] } }) => {
      assert.equal(error.code, 'ABORTED')
      assert.equal(error.details.deployed.length, 11)
      return true
    })
    assert.deepEqual(stages, [
      'compile contracts',
      'deploy PlayToken0',
      'deploy PlayToken1',
      'deploy TradeBatchVerifier',
      'deploy CashBatchVerifier',
      'deploy TakeoverVerifier',
      'deploy DeleverageVerifier',
      'deploy RiskUpdateVerifier',
      'deploy ExitVerifier',
      'deploy MarginSufficiencyVerifier',
      'deploy Authority',
      'deploy Exits',
      'deploy Settlement',
    ])
  })

  it('reports a transaction that the node refuses', async () => {
    const cannotSign = new VoidSigner(venue.anybody.address, venue.ethers.provider)
    await assert.rejects(tryDeploy({}, cannotSign), { code: 'TRANSACTION_FAILED' })
  })
})
