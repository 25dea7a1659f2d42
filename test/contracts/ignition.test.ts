import assert from 'node:assert/strict'
import { type BaseContract, Contract, Interface } from 'ethers'
import { artifacts, network } from 'hardhat'
import { describe, it } from 'mocha'
import { STATE_CIRCUITS } from '../../circuits/index.ts'
import { RISK_UPDATE_KIND, riskUpdateWordCount } from '../../circuits/risk-update/index.ts'
import { tradeBatch } from '../../circuits/trade-batch/index.ts'
import zkclear from '../../ignition/modules/Zkclear.ts'
import { verifierSources } from '../../settlement/verifier-key.ts'
import { assertReverts } from '../support/contracts/assert-reverts.ts'
import { prove, signalsOf, tradeBatchKey } from '../support/contracts/dev-keys.ts'
import {
  createVenue,
  element,
  GENESIS_ROOT,
  MAX_ROOT_AGE,
  proofArgument,
  RATIO_BPS,
  TRADE_BATCH,
} from '../support/contracts/venue.ts'

describe('the Ignition module', () => {
  it('deploys the same contracts as the library, with the verifiers of the Hardhat build', async () => {
    const { ignition, ethers } = await network.create()
    const signers = await ethers.getSigners()
    const [governor, operator, house] = signers.map(({ address }) => address)
    const { terms } = await createVenue()
    const token = await (await ethers.deployContract('TestToken')).getAddress()
    const { key, ownerCommitment, viewCommitment } = terms.house
    const parameters = {
      Zkclear: {
        assets: terms.assets.map(({ lotScale, minDeposit }) => ({ token, lotScale, minDeposit })),
        house: { owner: house!, ...key, ownerCommitment, viewCommitment },
        ...{ governor: governor!, operator: operator! },
        ...{ ratioBps: RATIO_BPS, maxRootAge: MAX_ROOT_AGE, maxDeadline: 10n * 86_400n },
      },
    }
    const { settlement, authority, exits, marginGate } = await ignition.deploy(zkclear, { parameters })
    const call = (contract: BaseContract, name: string, ...values: unknown[]) =>
      contract.getFunction(name).staticCall(...values)
    assert.equal(await call(settlement, 'stateRoot'), GENESIS_ROOT)
    assert.equal(await call(settlement, 'authority'), await authority.getAddress())
    assert.equal(await call(settlement, 'exits'), await exits.getAddress())
    assert.equal(await call(settlement, 'ownerOf', 0n), house)
    assert.equal(await call(settlement, 'maxDeadline'), 10n * 86_400n)
    const [riskVerifier, riskWords] = await call(authority, 'circuits', RISK_UPDATE_KIND)
    assert.equal(riskWords, BigInt(riskUpdateWordCount('small')))
    assert.equal(
      await ethers.provider.getCode(riskVerifier),
      (await artifacts.readArtifact('RiskUpdateVerifier')).deployedBytecode,
    )
    const { abi } = await artifacts.readArtifact('TradeBatchVerifier')
    const [verifier, wordCount] = await call(authority, 'circuits', TRADE_BATCH)
    assert.equal(wordCount, BigInt(tradeBatch.wordCount!('small')))
    const tradeBatchVerifier = new Contract(verifier, abi, ethers.provider)
    assert.equal(await call(authority, 'kinds'), BigInt(STATE_CIRCUITS.length))
    assert.equal(await call(marginGate, 'settlement'), await settlement.getAddress())
    assert.equal(await call(marginGate, 'ratioBps'), RATIO_BPS)
    assert.equal(await call(marginGate, 'maxRootAge'), MAX_ROOT_AGE)
    assert.equal(await call(marginGate, 'maxRiskAge'), 3_600n)

    // What does not fit is for the contracts to refuse, as they do a delay that is too short.
    const short = { Zkclear: { ...parameters.Zkclear, upgradeDelay: 40n * 86_400n - 1n } }
    await assert.rejects(ignition.deploy(zkclear, { parameters: short, deploymentId: 'short' }), /DelayOutOfRange/)

    const statement = Object.fromEntries(tradeBatchKey.definition.publicSignals.map((name) => [name, element(name)]))
    const { a, b, c } = proofArgument(prove(tradeBatchKey, statement))
    const signals = signalsOf(tradeBatchKey, statement)
    assert.equal(await call(tradeBatchVerifier, 'verifyProof', a, b, c, signals), true)
  })

  it('needs the code that the library compiles, byte for byte', async () => {
    const { contracts } = (await createVenue()).deployment
    for (const [name, { bytecode }] of Object.entries(contracts)) {
      const compiled = name.startsWith('PlayToken') ? 'PlayToken' : name
      assert.ok((await artifacts.readArtifact(compiled)).bytecode === bytecode, name)
    }
  })

  it('cannot put a dev key on a chain that is not local: the verifier itself refuses', async () => {
    const { ethers } = await network.create({ override: { chainId: 11155111 } })
    const { abi, bytecode } = await artifacts.readArtifact('TradeBatchVerifier')
    const [signer] = await ethers.getSigners()
    const creation = signer!.call({ data: bytecode })
    await assertReverts(creation, new Interface(abi), 'DevKeyOnPublicChain', [11155111n])
  })

  it('is built from sources that name the key and its set-up', async () => {
    const { TradeBatchVerifier } = await verifierSources([tradeBatchKey])
    assert.match(TradeBatchVerifier!, new RegExp(`^// key: sha256 ${tradeBatchKey.digest}\n// setup: dev$`, 'm'))
  })
})
