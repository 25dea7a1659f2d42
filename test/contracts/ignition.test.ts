import assert from 'node:assert/strict'
import { type BaseContract, Contract, Interface } from 'ethers'
import { artifacts, network } from 'hardhat'
import { describe, it } from 'mocha'
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
    const [publisher] = await ethers.getSigners()
    const parameters = {
      Zkclear: {
        genesisRoot: GENESIS_ROOT,
        riskPublisher: publisher!.address,
        marginRatioBps: RATIO_BPS,
        marginMaxRootAge: MAX_ROOT_AGE,
      },
    }
    const { settlement, marginGate } = await ignition.deploy(zkclear, { parameters })
    const call = (contract: BaseContract, name: string, ...values: unknown[]) =>
      contract.getFunction(name).staticCall(...values)
    assert.equal(await call(settlement, 'stateRoot'), GENESIS_ROOT)
    assert.equal(await call(settlement, 'riskPublisher'), publisher!.address)
    const { abi } = await artifacts.readArtifact('TradeBatchVerifier')
    const [verifier, wordCount] = await call(settlement, 'verifiers', TRADE_BATCH)
    assert.equal(wordCount, 19n)
    const tradeBatchVerifier = new Contract(verifier, abi, ethers.provider)
    assert.equal(await call(settlement, 'kinds'), 1n)
    assert.equal(await call(marginGate, 'settlement'), await settlement.getAddress())
    assert.equal(await call(marginGate, 'ratioBps'), RATIO_BPS)
    assert.equal(await call(marginGate, 'maxRootAge'), MAX_ROOT_AGE)
    assert.equal(await call(marginGate, 'maxRiskAge'), 3_600n)

    const statement = Object.fromEntries(tradeBatchKey.definition.publicSignals.map((name) => [name, element(name)]))
    const { a, b, c } = proofArgument(prove(tradeBatchKey, statement))
    const signals = signalsOf(tradeBatchKey, statement)
    assert.equal(await call(tradeBatchVerifier, 'verifyProof', a, b, c, signals), true)
  })

  it('needs the code that the library compiles, byte for byte', async () => {
    const { contracts } = (await createVenue()).deployment
    for (const [name, { bytecode }] of Object.entries(contracts)) {
      assert.ok((await artifacts.readArtifact(name)).bytecode === bytecode, name)
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
