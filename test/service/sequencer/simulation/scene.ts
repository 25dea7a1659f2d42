import { NOW } from '../../../../lab/instances/model.ts'
import { Random } from '../../../../protocol/random.ts'
import { stateRoot } from '../../../../protocol/state.ts'
import type { SequencerRecord } from '../../../../service/sequencer/record.ts'
import type { SequencerState } from '../../../../service/sequencer/state.ts'
import { GENESIS, START, VAULT } from './beginning.ts'
import { Chain } from './chain.ts'
import { Witness } from './invariants.ts'
import { Shell } from './shell.ts'

/** Of a hundred records so many are interrupted. */
const CRASHES = 4

/** A venue, its chain and its clock, what they came to, and a seed from which follows what comes next. */
export class Scene {
  readonly chain = new Chain(stateRoot(GENESIS), VAULT)
  readonly witness = new Witness()
  readonly shell: Shell
  /** What the chain took and took back, or may take yet. */
  readonly lost: ReturnType<Chain['takeBack']> = []
  /** Milliseconds, of the world and not of the venue, whose clock may lag. */
  clock = NOW * 1000n
  /** How many newcomers the queue has registered. */
  registered = 0
  readonly #random: Random

  constructor(seed: bigint) {
    this.#random = new Random(seed)
    this.shell = new Shell(START, (record, effects) => this.witness.note(record, effects))
  }

  /** What the venue knows. */
  get state(): SequencerState {
    return this.shell.state
  }

  /** Hands the venue a record, and interrupts it now and then. */
  put(record: SequencerRecord): void {
    const dies = this.below(100) < CRASHES
    const crash = dies ? this.pick(['before-append', 'after-append'] as const) : undefined
    if (crash !== undefined) this.witness.count(`crash ${crash}`)
    const refused = this.shell.submit(record, crash)
    if (refused !== undefined) this.witness.count(`turned down: ${record.kind}`)
    // Nobody was told of a record that the journal lacks: whoever sent it sends it again.
    if (crash === 'before-append' && refused === undefined) this.put(record)
  }

  /** Time passes; what the venue is told of it may lag. */
  tick(milliseconds: bigint): void {
    this.clock += milliseconds
    const back = this.below(10) === 0 ? 400n : 0n
    this.put({ kind: 'tick', clock: this.clock - back })
  }

  /** A number from 0 on, below that. */
  below(bound: number): number {
    return Number(this.#random.between(0n, BigInt(bound - 1)))
  }

  /** One of the list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}
