import { fitSlots } from '../../../protocol/trade-batch/account-slots.ts'
import type { TradeBatchSizes } from '../../../protocol/trade-batch/trade-batch.ts'
import type { TracedStep, TracedWord } from './trace.ts'

export const BOUNDS = ['messages', 'signatures', 'steps', 'accounts', 'lightAccounts'] as const
/** What a batch takes at most. */
export type BatchBounds = Pick<TradeBatchSizes, (typeof BOUNDS)[number]>

/** What a batch ended with: a bound (slots for accounts of either kind together), a message of another market, or the flow. */
export type Ending = Exclude<keyof BatchBounds, 'lightAccounts'> | 'market' | 'flow'

export interface Fill {
  readonly messages: number
  readonly batches: number
  readonly ended: Readonly<Partial<Record<Ending, number>>>
}

/**
 * Cuts bundles into batches as the builder does: each joins the open batch if every one of its messages can be loaded there,
 * and the steps that find no room go on in the next. A bundle that no batch takes is sent as single messages.
 */
export function cut(bundles: readonly (readonly TracedWord[])[], bounds: BatchBounds): Fill {
  const ended: Partial<Record<Ending, number>> = {}
  let [messages, batches] = [0, 0]
  let open = new OpenBatch(bounds, [])
  let market: number | undefined
  const end = (ending: Ending) => {
    batches++
    ended[ending] = (ended[ending] ?? 0) + 1
    open = new OpenBatch(bounds, open.left)
  }
  const finish = (ending: Ending) => {
    while (!open.isFresh) end(ending)
  }
  const include = (bundle: readonly TracedWord[]) => {
    for (;;) {
      const next = open.with(bundle)
      if (typeof next !== 'string') {
        open = next
        messages += bundle.length
        return
      }
      if (open.isFresh && bundle.length > 1) {
        for (const word of bundle) include([word])
        return
      }
      if (open.isFresh) throw new Error(`no batch of these bounds takes a message that needs more ${next}`)
      end(next)
    }
  }
  for (const bundle of bundles) {
    if (bundle[0]!.market !== market) finish('market')
    market = bundle[0]!.market
    include(bundle)
  }
  finish('flow')
  return { messages, batches, ended }
}

class OpenBatch {
  readonly #bounds: BatchBounds
  #messages = 0
  #signatures = 0
  #steps = 0
  #acting = new Set<number>()
  #touched = new Set<number>()
  /** Steps that found no room. */
  #left: readonly TracedStep[] = []

  /** A batch that begins with what an earlier one left. */
  constructor(bounds: BatchBounds, left: readonly TracedStep[]) {
    this.#bounds = bounds
    this.#run(left)
  }

  get left(): readonly TracedStep[] {
    return this.#left
  }

  get isFresh(): boolean {
    return this.#steps === 0
  }

  /** The batch with the bundle, or the bound that keeps it out. */
  with(bundle: readonly TracedWord[]): OpenBatch | Ending {
    const { messages, signatures } = this.#bounds
    if (this.#messages + bundle.length > messages) return 'messages'
    if (this.#signatures === signatures) return 'signatures'
    const next = new OpenBatch(this.#bounds, [])
    next.#messages = this.#messages + bundle.length
    next.#signatures = this.#signatures + 1
    next.#steps = this.#steps
    next.#acting = new Set(this.#acting)
    next.#touched = new Set(this.#touched)
    next.#left = this.#left
    for (const { steps } of bundle) {
      const missing = next.#missing(next.#left[0] ?? steps[0]!)
      if (missing !== undefined) return missing
      next.#run(steps)
    }
    return next
  }

  #run(steps: readonly TracedStep[]): void {
    const blocked = steps.findIndex((step) => !this.#take(step))
    this.#left = blocked < 0 ? [] : steps.slice(blocked)
  }

  #take(step: TracedStep): boolean {
    if (this.#missing(step) !== undefined) return false
    this.#steps++
    this.#acting.add(step.actor)
    this.#touched.add(step.actor)
    if (step.victim !== undefined) this.#touched.add(step.victim)
    return true
  }

  #missing({ actor, victim }: TracedStep): Ending | undefined {
    if (this.#steps === this.#bounds.steps) return 'steps'
    const touched = new Set([...this.#touched, actor, victim ?? actor]).size
    const acting = this.#acting.size + (this.#acting.has(actor) ? 0 : 1)
    return fitSlots(touched, acting, this.#bounds) ? undefined : 'accounts'
  }
}
