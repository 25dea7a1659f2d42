import type { OperatorState } from '../../../client/wire/operator.ts'

/** Unix seconds of the states that tests make. */
export const TIME = 1_800_000_000
const AT = TIME * 1000

type Batch = OperatorState['batches']['list'][number]

/** A batch that reached those stages, one after the other a second apart. */
export function stagedBatch(batch: number, ...reached: readonly Batch['stage'][]): Batch {
  const begin = AT - 95_000 + batch * 2_000
  return {
    ...{ batch, circuit: 'trade-batch', messages: 6, timestamp: BigInt(TIME - 60 + batch * 2) },
    stage: reached.at(-1)!,
    stages: Object.fromEntries(reached.map((stage, i) => [stage, begin + 1_000 * i])),
  }
}

/** The state of a venue at which all is well, but for what is said otherwise. */
export function operatorStateWith(changes: Partial<OperatorState> = {}): OperatorState {
  return {
    time: BigInt(TIME),
    at: AT,
    venue: {
      ...{ settlement: '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e', chainId: 31337n, profile: 'small' },
      ...{ epoch: 1n, term: 3n, records: 4_211, startedAt: AT - 7_260_000 },
    },
    alerts: [],
    line: { approvals: [] },
    breaker: { pausedUntil: 0n, frozenAt: 0n },
    batches: {
      ...{ sealed: 42, proved: 40, settled: 39, final: 37 },
      list: [
        stagedBatch(36, 'cut', 'witnessed', 'proved', 'sent', 'mined', 'final'),
        stagedBatch(37, 'cut', 'witnessed', 'proved', 'sent', 'mined', 'final'),
        stagedBatch(38, 'cut', 'witnessed', 'proved', 'sent', 'mined'),
        stagedBatch(39, 'cut', 'witnessed', 'proved', 'sent', 'mined'),
        stagedBatch(40, 'cut', 'witnessed', 'proved', 'sent'),
        {
          ...stagedBatch(41, 'cut', 'witnessed'),
          job: { state: 'leased', attempts: 1, worker: '3f9a0c11d2e4' },
        },
        { ...stagedBatch(42, 'cut'), circuit: 'cash-batch', job: { state: 'ready', attempts: 0 } },
      ],
    },
    queue: { waiting: 1, first: 17n, askedAt: BigInt(TIME - 40), deadline: BigInt(TIME + 86_360), isStalled: false },
    table: { asOf: BigInt(TIME - 200), postedAt: BigInt(TIME - 190), expiresAt: BigInt(TIME + 3_400) },
    intake: { open: 3, waiting: 5, credit: 480n },
    books: [0, 1, 2, 3].map((market) => ({
      ...{ market, bids: 12 + market, asks: 9, bidLots: 18_420n >> BigInt(market), askLots: 15_077n, waiting: 0 },
      ...{ openInterest: 204_114n, phase: 'OPEN' as const, mark: 25_000_000n },
    })),
    proving: {
      times: [{ circuit: 'trade-batch', proofs: 31, last: 1_912, p50: 1_840, p95: 2_377 }],
      jobs: { ready: 1, leased: 1, failed: 0, dead: 0 },
    },
    workers: [
      {
        id: '3f9a0c11d2e4',
        name: 'machine 2',
        state: 'proving',
        heardAt: AT - 900,
        batch: 41,
        proofs: 31,
        failures: 0,
      },
      { id: '99b1c2d3e4f5', name: 'machine 3', state: 'idle', heardAt: AT - 2_100, proofs: 12, failures: 0 },
    ],
    solvency: {
      ...{ readAt: AT - 1_500, batch: 39, isEven: true },
      assets: [
        {
          ...{ asset: 0, vault: 15_000_000_000_000n, journal: 15_000_000_000_000n, queued: 5_000_000n },
          ...{ claimable: 40_000_000n, balance: 15_000_045_000_000n },
        },
      ],
    },
    insurance: { house: [9_400_000_000n, 0n], coverNow: 1_000_000_000n, coverPerHour: 4_000_000_000n, flagged: 0 },
    gas: [
      {
        address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
        balance: 9_990_000_000_000_000_000n,
        settlements: 21_400n,
      },
    ],
    log: {
      size: 4_211,
      root: 'pTq6wWc5m0o3gUuJYx5b3nTKD8rJzq0iQ5v2l6sXo1E=',
      key: 'zkclear/31337/0xB7f8/1+c74f20a3+AXb1',
    },
    disk: { free: 182_000_000_000n, total: 250_000_000_000n },
    backup: { at: AT - 600_000 },
    ...changes,
  }
}
