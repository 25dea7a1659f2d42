import assert from 'node:assert/strict'
import { VoidSigner } from 'ethers'
import { network } from 'hardhat'
import { before, describe, it } from 'mocha'
import { marginContext, settlementDomain } from '../../protocol/domain.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { type DeployOptions, deploy } from '../../settlement/deploy.ts'
import { type VerifierKey, verifierSources } from '../../settlement/verifier-key.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
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
      genesisRoot: GENESIS_ROOT,
      riskPublisher: venue.riskPublisher.address,
      ...changes,
    })
  const refuses = (changes: Partial<DeployOptions>, code: string, path?: string) =>
    assert.rejects(tryDeploy(changes), { name: 'ZkclearError', code, ...(path === undefined ? {} : { path }) })

  /** The keys, with this one instead of its circuit's. */
  const instead = (key: VerifierKey) => ({
    keys: deployedKeys.map((one) => (one.definition.name === key.definition.name ? key : one)),
  })

  it('deploys four contracts that know each other, and reports addresses and gas', async () => {
    const { deployment, settlement, gate, riskPublisher } = venue
    const { contracts } = deployment
    assert.equal(await settlement.stateRoot(), GENESIS_ROOT)
    assert.equal(await settlement.riskPublisher(), riskPublisher.address)
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
    const oneDev = { keys: [{ ...tradeBatchKey, ...CEREMONY }, marginSufficiencyKey] }
    await assert.rejects(tryDeploy(oneDev, signer), { code: 'CHAIN_REFUSED' })
    assert.equal(await ethers.provider.getTransactionCount(signer!), 0)
  })

  it('deploys a ceremony key to any chain', async () => {
    const { ethers } = await network.create({ override: { chainId: 11155111 } })
    const [signer] = await ethers.getSigners()
    const keys = deployedKeys.map((key) => ({ ...key, ...CEREMONY }))
    assert.equal((await tryDeploy({ keys }, signer)).chainId, 11155111n)
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
    const { deployment, settlement } = venue
    const { contracts } = await tryDeploy({ keys: deployedKeys.toReversed() })
    assert.deepEqual(Object.keys(contracts), Object.keys(deployment.contracts))
    assert.deepEqual([...(await settlement.verifiers(0n))], [deployment.contracts.TradeBatchVerifier!.address, 19n])
    await refuses({ keys: [tradeBatchKey] }, 'INPUT_INVALID', 'keys')
    await refuses({ keys: [marginSufficiencyKey] }, 'INPUT_INVALID', 'keys')
    await refuses({ keys: [...deployedKeys, tradeBatchKey] }, 'INPUT_INVALID', 'keys[2]')
    const { definition } = tradeBatchKey
    const other = { ...tradeBatchKey, definition: { ...definition, name: 'product' } }
    await refuses({ keys: [other, ...deployedKeys] }, 'INPUT_INVALID', 'keys[0]')
    await refuses(instead({ ...marginSufficiencyKey, proofSystem: 'plonk' }), 'INPUT_INVALID', 'keys[1]')
  })

  it('refuses parameters that the contracts would refuse', async () => {
    await refuses({ genesisRoot: 0n }, 'INPUT_INVALID', 'genesisRoot')
    await refuses({ genesisRoot: FIELD }, 'INPUT_INVALID', 'genesisRoot')
    const { address } = venue.riskPublisher
    for (const riskPublisher of ['0x1234', address.slice(2), address.toLowerCase().slice(2), `0x${'00'.repeat(20)}`]) {
      await refuses({ riskPublisher }, 'INPUT_INVALID', 'riskPublisher')
    }
    await refuses({ riskPublisher: undefined as never }, 'INPUT_INVALID', 'riskPublisher')
    await refuses({ marginRatioBps: 9_999n }, 'INPUT_INVALID', 'marginRatioBps')
    await refuses({ marginRatioBps: 1n << 17n }, 'INPUT_INVALID')
    for (const age of [-1n, 1n << 32n]) {
      await refuses({ marginMaxRootAge: age }, 'INPUT_INVALID', 'marginMaxRootAge')
      await refuses({ marginMaxRiskAge: age }, 'INPUT_INVALID', 'marginMaxRiskAge')
    }
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
      assert.equal(error.details.deployed.length, 2)
      return true
    })
    assert.deepEqual(stages, [
      'compile contracts',
      'deploy TradeBatchVerifier',
      'deploy MarginSufficiencyVerifier',
      'deploy Settlement',
    ])
  })

  it('reports a transaction that the node refuses', async () => {
    const cannotSign = new VoidSigner(venue.anybody.address, venue.ethers.provider)
    await assert.rejects(tryDeploy({}, cannotSign), { code: 'TRANSACTION_FAILED' })
  })
})
