import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import type { ContractTransactionReceipt, ContractTransactionResponse } from 'ethers'
import { describe, it } from 'mocha'
import { marginSufficiencyKey, prove, type Statement } from '../support/contracts/dev-keys.ts'
import { createVenue, element, PURPOSE, proofArgument } from '../support/contracts/venue.ts'

const FILE = new URL('../vectors/gas.json', import.meta.url)

/** How far gas may be from the record, because calldata is priced by its zero bytes, which differ with keys and times. */
const TOLERANCE = 0.01

async function measure(): Promise<Record<string, number>> {
  const { deployment, publish, settle, margin, gate, now } = await createVenue()
  const used = (receipt: ContractTransactionReceipt | null) => Number(receipt!.gasUsed)
  const confirmed = async (transaction: ContractTransactionResponse) => used(await transaction.wait())
  const gas: Record<string, number> = {}
  for (const [name, { gasUsed }] of Object.entries(deployment.contracts)) gas[`deploy ${name}`] = Number(gasUsed)
  gas['postRiskTable, the first'] = used(await publish())
  gas.postRiskTable = used(await publish(element('newer risk')))
  gas['settle a trade batch, into a new slot of the ring'] = used(await settle(element('root 1')))
  const since = await now()
  for (let i = 2; i <= 64; i++) await settle(element(`root ${i}`))
  gas['settle a trade batch'] = used(await settle(element('root 65')))
  const admit = async (account: string, changes: Statement = {}, since = 0n) => {
    const statement = await margin(account, changes)
    const proof = proofArgument(prove(marginSufficiencyKey, statement))
    return confirmed(
      await gate.admit(PURPOSE, statement.stateRoot, since, statement.riskRoot, statement.nullifier, proof),
    )
  }
  gas['admit, on the newest root'] = await admit('alice')
  gas['admit, on the oldest of the recent roots'] = await admit('bob', { stateRoot: element('root 2') })
  gas['admit, on a root kept by its time'] = await admit('carol', { stateRoot: element('root 1') }, since)
  return gas
}

describe('gas', () => {
  it('is within 1 % of the record in test/vectors/gas.json (write it anew with UPDATE_GAS=1)', async () => {
    const measured = await measure()
    if (process.env.UPDATE_GAS === '1') await writeFile(FILE, `${JSON.stringify(measured, null, 2)}\n`)
    const recorded: Record<string, number> = JSON.parse(await readFile(FILE, 'utf8'))
    assert.deepEqual(Object.keys(measured), Object.keys(recorded))
    for (const [name, gas] of Object.entries(measured)) {
      const limit = recorded[name]! * TOLERANCE
      assert.ok(Math.abs(gas - recorded[name]!) <= limit, `${name}: ${gas} gas, recorded ${recorded[name]}`)
    }
  })
})
