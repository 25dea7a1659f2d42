import { type Connection, Database } from '../../../service/postgres/database.ts'

/** Seconds that a chain may be ahead of its venue, less a margin: the venue stands still beyond a minute. */
const STEP = 30n

interface Clocked {
  /** The database of a venue that runs, as its superuser. */
  readonly connection: Connection
  /** A development chain. */
  readonly chain: { ask(method: string, ...values: unknown[]): Promise<unknown> }
  /** Resolves when nothing is under way that real time has to pass for, such as a proof. */
  idle(): Promise<unknown>
}

/**
 * Lets a chain and the venue on it go ahead of the machine's time, side by side. The venue's clock is its database's, whose
 * `clock_timestamp` becomes another function here.
 */
export async function chainClock({ connection, chain, idle }: Clocked) {
  const database = new Database({ connection, connections: 1 })
  await database.transaction(async ({ query }) => {
    await query('CREATE TABLE public.clock_ahead (seconds bigint NOT NULL)')
    await query('INSERT INTO public.clock_ahead VALUES (0)')
    await query('ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO machine_clock_timestamp')
    await query(
      `CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
       $$ SELECT pg_catalog.machine_clock_timestamp() + seconds * interval '1 s' FROM public.clock_ahead $$`,
    )
    // A default is bound to the function, not to its name.
    await query('ALTER TABLE settlement_tx ALTER COLUMN stored_at SET DEFAULT clock_timestamp()')
  })
  return {
    /** So many seconds pass, of which the venue's own work takes none. */
    async pass(seconds: bigint) {
      for (let left = seconds; left > 0n; left -= STEP) {
        await idle()
        const step = left < STEP ? left : STEP
        await chain.ask('evm_increaseTime', Number(step))
        await chain.ask('evm_mine')
        // Behind the chain's, never ahead: the contract takes no takeover of a time that has not come.
        await database.query('UPDATE public.clock_ahead SET seconds = seconds + $1', [step])
      }
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
