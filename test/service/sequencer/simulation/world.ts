import assert from 'node:assert/strict'
import { BATCH_CIRCUITS } from '../../../../service/sequencer/batch-circuits.ts'
import { lastIndex, ledgerOf } from '../../../../service/sequencer/state.ts'
import { OPENING, SHOCKS, TABLES } from './beginning.ts'
import { assertConserved, assertSound } from './invariants.ts'
import { crash, liquidate } from './liquidating.ts'
import { queue } from './queueing.ts'
import { Scene } from './scene.ts'
import { dropVoid, finalize, pause, reorganise, rewind, settle, takeBack } from './settling.ts'
import { NEWCOMERS, TRADERS, viewKeyOf } from './traders.ts'
import { cashMessage, trade, wall } from './trading.ts'

/** A venue whose traders, chain, clock and failures follow from a seed. */
export class World extends Scene {
  constructor(seed: bigint) {
    super(seed)
    for (const record of OPENING) this.put(record)
    if (seed % 3n === 0n) crash(this)
  }

  /** Something happens, and all that holds after every step is looked at. */
  step(): void {
    const isDone = this.below(3) === 0 && (takeBack(this) || liquidate(this))
    if (!isDone) this.#anything()
    assertSound(this.state, this.witness, this.chain)
  }

  #anything(): void {
    const chance = this.below(100)
    if (chance < 2) wall(this)
    else if (chance < 45) trade(this)
    else if (chance < 46) this.put(this.pick(SHOCKS))
    else if (chance < 50) cashMessage(this)
    else if (chance < 63) this.tick(BigInt(this.below(700)))
    else if (chance < 64) this.#stall()
    else if (chance < 70) queue(this)
    else if (chance < 72) this.put({ kind: 'view', account: this.#anybody(), viewKey: viewKeyOf(this.#anybody()) })
    else if (chance < 74) this.put(this.pick(TABLES))
    else if (chance < 76) this.put({ kind: 'cut', cash: this.below(2) === 0 })
    else if (chance < 77) this.put({ kind: 'sweep' })
    else if (chance < 78) this.put({ kind: 'operations', operations: [{ kind: 'FLAG', account: this.#anybody() }] })
    else if (chance < 80) pause(this)
    else if (chance < 86) settle(this)
    else if (chance < 88) finalize(this)
    else if (chance < 90) reorganise(this)
    else if (chance < 95) rewind(this)
    else if (chance < 96) this.#circuit()
    else if (chance < 97) this.#close()
    else if (chance < 98) this.shell.takeSnapshot()
    else this.shell.restart()
  }

  /** Everything that waits is worked off and settled, as it must be able to be. */
  finish(): void {
    this.chain.pausedUntil = 0n
    this.put({ kind: 'pause', until: 0n })
    this.put(TABLES[0]!)
    for (let i = 0; i < 3; i++) this.tick(3_000n)
    dropVoid(this)
    const { state } = this
    assert.deepEqual([state.waiting, state.open.items], [[], []], 'nothing waits for ever')
    assert.equal(ledgerOf(state).served, BigInt(this.chain.entries.length), 'the queue is served')
    while (this.chain.settled.length < lastIndex(this.state)) settle(this)
    this.put({ kind: 'final', index: lastIndex(this.state) })
    assertSound(this.state, this.witness, this.chain)
    assertConserved(this.state)
  }

  /** Nothing is settled for so long that the chain soon takes no batch any more that is made by then. */
  #stall(): void {
    this.tick(1_000n * BigInt(500 + this.below(500)))
  }

  /** The venue's end is announced, once: for a second that is still to come. */
  #close(): void {
    if (this.chain.closingFrom !== undefined || this.below(3) > 0) return
    this.chain.closingFrom = this.clock / 1000n + 1n + BigInt(this.below(3))
    this.put({ kind: 'closing', from: this.chain.closingFrom })
  }

  #circuit(): void {
    const circuit = this.pick(BATCH_CIRCUITS)
    this.put({ kind: 'circuit', circuit, digest: `0x${String(this.below(3)).repeat(64)}` })
  }

  #anybody(): number {
    return this.pick([...TRADERS, ...NEWCOMERS])
  }
}
