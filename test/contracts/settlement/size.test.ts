import assert from 'node:assert/strict'
import { describe, it } from 'mocha'
import { createSettlement } from '../../support/contracts/settlement.ts'

/** Bytes of code that a chain takes of a contract (EIP-170). */
const MOST = 24_576
/** Bytes that each of ours leaves for what comes to it later. */
const ROOM = 1_000

describe('contracts of a venue', () => {
  it('leave 1,000 bytes of what a chain takes', async () => {
    const { ethers, settlement, authority, exits } = await createSettlement()
    for (const { target } of [settlement, authority, exits]) {
      const bytes = ((await ethers.provider.getCode(target)).length - 2) / 2
      assert.ok(bytes <= MOST - ROOM, `${bytes} bytes`)
    }
  })
})
