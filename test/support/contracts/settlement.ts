import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types'
import { AbiCoder, type BaseContract, type ContractTransactionResponse, type Interface, keccak256 } from 'ethers'
import { network } from 'hardhat'
import { CASH_BATCH_SIZES } from '../../../circuits/cash-batch/index.ts'
import { EXIT_KIND } from '../../../circuits/exit/statement.ts'
import { RISK_UPDATE_KIND, riskUpdateWordCount } from '../../../circuits/risk-update/index.ts'
import { TRADE_BATCH_SIZES } from '../../../circuits/trade-batch/index.ts'
import { type CashSlotData, packAmounts } from '../../../protocol/cash-batch/slot-words.ts'
import { type CashData, cashWordCount, packCashData } from '../../../protocol/cash-batch/words.ts'
import { type DeleveragingData, packDeleveragingData } from '../../../protocol/deleverage/words.ts'
import { portfolioLength } from '../../../protocol/portfolio.ts'
import { publicData } from '../../../protocol/public-data.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { keyToRegister, tradingKey } from '../../../protocol/signature.ts'
import { accountSlots } from '../../../protocol/trade-batch/account-slots.ts'
import { tradeWordCount } from '../../../protocol/trade-batch/words.ts'
import { element, GENESIS_ROOT } from './venue.ts'

// biome-ignore lint/suspicious/noExplicitAny: contracts of many functions, each called with what it takes
export type Callable = BaseContract & Record<string, any>

export const DAY = 86_400n
export const TRADE = 0n
export const CASH = 1n
export const TAKEOVER = 2n
export const DELEVERAGE = 3n
/** How many kinds of batches there are. */
export const KINDS = 4n
/** Words of the batches. */
export const TRADE_WORDS = BigInt(tradeWordCount(accountSlots(TRADE_BATCH_SIZES.small)))
export const SLOTS = CASH_BATCH_SIZES.small.slots
/** The kind of risk updates, and their words. */
export const RISK_UPDATE = BigInt(RISK_UPDATE_KIND)
export const RISK_WORDS = BigInt(riskUpdateWordCount('small'))
const { markets, collaterals } = venueShape('small')
const CASH_WORDS = BigInt(cashWordCount({ slots: SLOTS, markets, collaterals }))

/** Words of takeovers: the head, six of their own, and what the victim held. */
export const TAKEOVER_WORDS = BigInt(6 + 6 + portfolioLength({ markets, collaterals }))

/** Words of deleveragings: the head, and six of their own. */
export const DELEVERAGE_WORDS = 12n

/** What a takeover for nothing has for its price. */
export const PRICE_OFFSET = 1n << 80n

/** Whose words would be slots that pay, were they read for some. */
const PORTFOLIO = {
  collateral: new Array<bigint>(collaterals).fill(1n),
  positions: new Array(markets).fill({ size: 5n, fundingIndex: 0n }),
}

export const QUEUE = {
  forcePeriod: 3n * DAY,
  spacing: 600n,
  maxDeadline: 14n * DAY,
  maxPending: 20n,
  fee: 1_000n,
  feeStep: 10n,
  registrationFee: 5_000n,
}
export const PERIODS = {
  upgradeDelay: 44n * DAY,
  executionWindow: 7n * DAY,
  maxPause: 2n * DAY,
  windDownPeriod: 60n * DAY,
  closingNotice: 30n * DAY,
  shortDelay: false,
}
/** The place of closingOnly among the words of a trade batch. */
export const CLOSING_ONLY = 6
export const CLAIM_PERIOD = 30n * DAY
const OUTFLOW_MAX = 2n * DAY
/** Token units per lot of the two assets. */
export const SCALES = [1_000n, 7n]

/** Items of Authority, in its order. */
export const ITEMS = {
  CIRCUIT: 0,
  EXIT_VERIFIER: 1,
  OPERATOR: 2,
  GUARDIAN: 3,
  OUTFLOW: 4,
  GOVERNOR: 5,
  PARAMETERS: 6,
  COVER: 7,
}

const PLAIN = { account: 0, counterAccount: 0, asset: 0, a: 0n, b: 0n, c: 0n, leaf: 1n }

/** A point to register, that of a key which depends on nothing but the number. */
export const pointOf = (number: number) => keyToRegister(tradingKey(new Uint8Array(32).fill(number)))

/** What the slots of a cash batch say; leaves are of no account here. */
export const slot = {
  register: (account: number, key = pointOf(account + 1), ownerCommitment = commitmentOf(account)): CashSlotData => ({
    ...PLAIN,
    kind: 'REGISTER',
    account,
    ...{ a: key.x, b: key.y, c: ownerCommitment },
  }),
  deposit: (account: number, asset: number, requested: bigint): CashSlotData => ({
    ...PLAIN,
    kind: 'DEPOSIT',
    ...{ account, asset },
    a: packAmounts({ requested, paid: 0n, available: 0n }),
  }),
  forced: (account: number, asset: number, requested: bigint, paid: bigint, available: bigint): CashSlotData => ({
    ...PLAIN,
    kind: 'FORCED',
    ...{ account, asset },
    a: packAmounts({ requested, paid, available }),
  }),
  withdraw: (account: number, asset: number, paid: bigint, available: bigint): CashSlotData => ({
    ...PLAIN,
    kind: 'WITHDRAW',
    ...{ account, asset },
    a: packAmounts({ requested: paid, paid, available }),
    b: 1n,
  }),
  rotate: (account: number, key: { x: bigint; y: bigint }): CashSlotData => ({
    ...PLAIN,
    kind: 'ROTATE',
    account,
    ...{ a: key.x, b: key.y },
  }),
  suspend: (account: number): CashSlotData => ({ ...PLAIN, kind: 'SUSPEND', account }),
  resume: (account: number): CashSlotData => ({ ...PLAIN, kind: 'RESUME', account }),
  cure: (account: number, cured: boolean): CashSlotData => ({ ...PLAIN, kind: 'CURE', account, b: cured ? 1n : 0n }),
  /** The same of a deposit to a flagged account, or of a cure, that shelter kept from deciding. */
  deferred: (of: CashSlotData): CashSlotData => ({ ...of, b: 2n }),
  expire: (account: number): CashSlotData => ({ ...PLAIN, kind: 'EXPIRE', account, a: 5n }),
  flag: (account: number): CashSlotData => ({ ...PLAIN, kind: 'FLAG', account }),
  view: (account: number, commitment = viewCommitmentOf(account)): CashSlotData => ({
    ...PLAIN,
    kind: 'VIEW',
    account,
    a: commitment,
  }),
  transfer: (from: number, to: number, asset: number, requested: bigint): CashSlotData[] => [
    {
      ...{ ...PLAIN, kind: 'TRANSFER_OUT', account: from, counterAccount: to, asset },
      ...{ a: packAmounts({ requested, paid: requested, available: 0n }), b: 1n },
    },
    {
      ...{ ...PLAIN, kind: 'TRANSFER_IN', account: to, counterAccount: from, asset },
      a: packAmounts({ requested, paid: 0n, available: 0n }),
    },
  ],
}

export const commitmentOf = (account: number) => element(`owner ${account}`)
export const viewCommitmentOf = (account: number) => element(`view key ${account}`)

const hashed = (types: readonly string[], values: readonly unknown[]) =>
  BigInt(keccak256(AbiCoder.defaultAbiCoder().encode([...types], [...values])))

/** What a stub with that salt takes for a proof of these signals. */
const stubProof = (word: bigint) => ({
  a: [BigInt.asUintN(256, word), 0n],
  b: [
    [0n, 0n],
    [0n, 0n],
  ],
  c: [0n, 0n],
})

export interface SettlementOptions {
  readonly queue?: Partial<typeof QUEUE>
  readonly periods?: Partial<typeof PERIODS>
  readonly claimPeriod?: bigint
  /** Addresses instead of those of signers. */
  readonly roles?: Partial<Record<'governor' | 'operator' | 'guardian', string>>
  readonly outflow?: { readonly floor: bigint; readonly shareBps: bigint }
  readonly parameters?: { readonly root: bigint; readonly words: readonly bigint[] }
  readonly coverPerHour?: bigint
  /** How many words a trade batch has. Default: those of the small profile. */
  readonly tradeWords?: bigint
  /** How many kinds of batches there are; default: all. */
  readonly kinds?: number
  readonly minDeposit?: bigint
  readonly accountLevels?: bigint
  readonly outflowMax?: bigint
  readonly genesisRoot?: bigint
  /** The name of the contract that is asset 1. */
  readonly secondToken?: 'TestToken' | 'HostileToken'
  /** The names of the contracts that verify batches of each kind, risk updates and exits, instead of stubs. */
  readonly tradeVerifier?: 'TradeBatchVerifier'
  readonly cashVerifier?: 'CashBatchVerifier'
  readonly takeoverVerifier?: 'TakeoverVerifier'
  readonly deleverageVerifier?: 'DeleverageVerifier'
  readonly riskVerifier?: 'RiskUpdateVerifier'
  readonly exitVerifier?: 'ExitVerifier'
  /** Of every account; default: another one for each. */
  readonly viewCommitment?: bigint
  readonly house?: { readonly x?: bigint; readonly y?: bigint; readonly owner?: string }
}

export type Deploy = (name: string, ...values: readonly unknown[]) => Promise<Callable>

/**
 * A chain with a settlement of two assets. Its verifiers are stubs, which take whatever tests say was proved; nothing else is
 * stubbed.
 */
export async function createSettlement(options: SettlementOptions = {}) {
  const { ethers, networkHelpers } = await network.create()
  const signers = await ethers.getSigners()
  const [deployer, governor, operator, guardian, house, alice, bob, stranger] = signers as HardhatEthersSigner[]
  const deploy: Deploy = async (name, ...values) => {
    const contract = await ethers.deployContract(name, [...values], { signer: deployer! })
    await contract.waitForDeployment()
    return contract as unknown as Callable
  }
  const tokens = [await deploy('TestToken'), await deploy(options.secondToken ?? 'TestToken')] as const
  const verifierOf = (name: string | undefined, kind: bigint) =>
    name === undefined ? deploy('StubStateVerifier', kind) : deploy(name)
  const tradeVerifier = await verifierOf(options.tradeVerifier, TRADE)
  const { target: cashVerifier } = await verifierOf(options.cashVerifier, CASH)
  const { target: takeoverVerifier } = await verifierOf(options.takeoverVerifier, TAKEOVER)
  const { target: deleverageVerifier } = await verifierOf(options.deleverageVerifier, DELEVERAGE)
  const { target: riskVerifier } = await verifierOf(options.riskVerifier, RISK_UPDATE)
  const { target: exitVerifier } = await verifierOf(options.exitVerifier, BigInt(EXIT_KIND))
  const queue = { ...QUEUE, ...options.queue }
  const wordsOfTrades = options.tradeWords ?? TRADE_WORDS
  const { floor, shareBps } = { floor: 0n, shareBps: 10_000n, ...options.outflow }
  const limits = tokens.map(() => ({ floor, shareBps }))
  const roles = { governor, operator, guardian }
  const authority = await deploy(
    'Authority',
    { ...PERIODS, ...options.periods },
    { ...Object.fromEntries(Object.entries(roles).map(([role, signer]) => [role, signer!.address])), ...options.roles },
    [
      { verifier: tradeVerifier.target, words: wordsOfTrades },
      { verifier: cashVerifier, words: CASH_WORDS },
      { verifier: takeoverVerifier, words: TAKEOVER_WORDS },
      { verifier: deleverageVerifier, words: DELEVERAGE_WORDS },
      { verifier: deleverageVerifier, words: DELEVERAGE_WORDS },
    ].slice(0, options.kinds ?? Number(KINDS)),
    { verifier: riskVerifier, words: RISK_WORDS },
    exitVerifier,
    limits,
    queue.maxDeadline,
    options.coverPerHour ?? 0n,
    options.parameters ?? { root: 0n, words: [] },
  )
  const exits = await deploy('Exits', authority.target, 2n, options.claimPeriod ?? CLAIM_PERIOD)
  const minDeposit = options.minDeposit ?? 1n
  const deployment = {
    genesisRoot: options.genesisRoot ?? GENESIS_ROOT,
    accountLevels: options.accountLevels ?? 4n,
    house: {
      owner: house!.address,
      ...pointOf(1),
      ...options.house,
      ownerCommitment: commitmentOf(0),
      viewCommitment: viewCommitmentOf(0),
    },
    assets: tokens.map(({ target }, i) => ({ token: target, lotScale: SCALES[i]!, minDeposit })),
    outflowMax: options.outflowMax ?? OUTFLOW_MAX,
    queue,
    authority: authority.target,
    exits: exits.target,
  }
  const settlement = await deploy('Settlement', deployment)
  const as = (signer: HardhatEthersSigner, contract = settlement) => contract.connect(signer) as Callable

  const now = async () => BigInt(await networkHelpers.time.latest())
  const fee = async () => (await settlement.queueFee()) as bigint

  /** Registers the signer's next account and gives its index. */
  const register = async (signer: HardhatEthersSigner) => {
    const account = Number(await settlement.accountCount())
    const { x, y } = pointOf(account + 1)
    const value = (await fee()) + queue.registrationFee
    const viewCommitment = options.viewCommitment ?? viewCommitmentOf(account)
    await as(signer).register(x, y, commitmentOf(account), viewCommitment, { value })
    return account
  }
  const fund = async (signer: HardhatEthersSigner, asset: number, lots: bigint) => {
    const token = tokens[asset as 0 | 1]
    await token.mint(signer.address, lots * SCALES[asset]!)
    await as(signer, token).approve(settlement.target, 2n ** 256n - 1n)
  }
  const deposit = async (signer: HardhatEthersSigner, account: number, asset: number, lots: bigint) => {
    await fund(signer, asset, lots)
    const owner = await settlement.ownerOf(account)
    return (await as(signer).deposit(account, asset, lots, owner, {
      value: await fee(),
    })) as ContractTransactionResponse
  }
  const requestWithdrawal = async (signer: HardhatEthersSigner, account: number, asset: number, lots: bigint) =>
    as(signer).requestWithdrawal(account, asset, lots, { value: await fee() })

  /** The words of a cash batch from the current root, now. */
  const cashWords = async (slots: readonly CashSlotData[], changes: Partial<CashData> = {}) => {
    const portfolio = slots[0]?.kind === 'FLAG' ? PORTFOLIO : undefined
    const unused = new Array<CashSlotData>(SLOTS - slots.length).fill({ ...PLAIN, kind: 'NONE', leaf: 0n })
    return packCashData({
      domain: await settlement.domain(),
      timestamp: await now(),
      riskRoot: await settlement.riskRoot(),
      oldStateRoot: await settlement.stateRoot(),
      newStateRoot: element(`cash ${await settlement.batchCount()}`),
      newMarketsRoot: 1n,
      slots: [...slots, ...unused],
      ...{ markets, collaterals, portfolio },
      sweep: undefined,
      ...changes,
    })
  }
  const tradeWords = async (changes: { readonly [place: number]: bigint } = {}) => {
    const head = [
      await settlement.domain(),
      await now(),
      await settlement.riskRoot(),
      await settlement.stateRoot(),
    ] as bigint[]
    const data = Array.from({ length: Number(wordsOfTrades) - 5 }, (_, i) => element(`word ${i}`))
    const words = [...head, element(`trade ${await settlement.batchCount()}`), ...data].with(CLOSING_ONLY, 0n)
    for (const [place, word] of Object.entries(changes)) words[Number(place)] = word
    return words
  }
  /** The words as a batch, with what the stub of the kind takes for a proof. */
  const batchOf = async (kind: bigint, words: readonly bigint[], changes: Readonly<Record<string, unknown>> = {}) => {
    const data = publicData((await settlement.domain()) as bigint, Number(kind), words)
    const signals = [data.commitment, data.challenge, data.value]
    const proof = stubProof(hashed(['uint256[3]'], [signals]) + kind)
    const { commitment } = data
    return {
      proof,
      commitment,
      words: [...words],
      payers: [],
      anchor: element32('anchor'),
      signature: '0x',
      ...changes,
    }
  }
  const settleCash = async (
    slots: readonly CashSlotData[],
    payers: readonly string[] = [],
    changes: Partial<CashData> = {},
  ) => as(operator!).settle(CASH, await batchOf(CASH, await cashWords(slots, changes), { payers }))
  /** The words of a takeover from the current root, now: of an auction that has opened, for nothing. */
  const takeoverWords = async (changes: { readonly [place: number]: bigint } = {}) => {
    const head = [await settlement.domain(), await now(), await settlement.riskRoot(), await settlement.stateRoot()]
    const own = [element(`takeover ${await settlement.batchCount()}`), 1n, 5n, await timesOf(1n), PRICE_OFFSET]
    const rest = Array.from({ length: Number(TAKEOVER_WORDS) - 9 }, (_, i) => element(`word ${i}`))
    const words = [...head, ...own, ...rest] as bigint[]
    for (const [place, word] of Object.entries(changes)) words[Number(place)] = word
    return words
  }
  /** The times of a takeover: opens, and when the last pause ended, if not when it did. */
  const timesOf = async (opens: bigint, resumedAt?: bigint) =>
    (opens << 40n) | (resumedAt ?? ((await authority.pausedUntil()) as bigint))
  const settleTakeover = async (changes: { readonly [place: number]: bigint } = {}) =>
    as(operator!).settle(TAKEOVER, await batchOf(TAKEOVER, await takeoverWords(changes)))
  /**
   * The words of a deleveraging from the current root, now: of an auction that has opened, where the house has nothing. Its numbers fill
   * their fields, so that whoever reads a bit too many of one sees it.
   */
  const deleverageWords = async (changes: Partial<DeleveragingData> = {}) =>
    packDeleveragingData({
      domain: await settlement.domain(),
      timestamp: await now(),
      riskRoot: await settlement.riskRoot(),
      oldStateRoot: await settlement.stateRoot(),
      newStateRoot: element(`deleverage ${await settlement.batchCount()}`),
      newMarketsRoot: 1n,
      ...{ victim: 1, counterparty: 2 ** 24 - 1, market: 255, mark: 2n ** 48n - 1n, fundingIndex: 2n ** 64n - 1n },
      ...{ houseFails: true, opens: 1n, resumedAt: await authority.pausedUntil(), asked: 1n, score: 2n ** 80n - 1n },
      ...{ lots: 2n ** 56n - 1n, surcharge: 2n ** 104n - 1n, victimLeaf: 1n, counterpartyLeaf: 1n },
      ...changes,
    })
  const settleDeleverage = async (changes: Partial<DeleveragingData> = {}) =>
    as(operator!).settle(DELEVERAGE, await batchOf(DELEVERAGE, await deleverageWords(changes)))
  const settleTrade = async (changes: { readonly [place: number]: bigint } = {}) =>
    as(operator!).settle(TRADE, await batchOf(TRADE, await tradeWords(changes)))
  /** Consumes registrations, four in a batch. */
  const settleRegistrations = async (accounts: readonly number[]) => {
    for (let i = 0; i < accounts.length; i += SLOTS) {
      await settleCash(accounts.slice(i, i + SLOTS).map((account) => slot.register(account)))
    }
  }
  /** The words of the update that leads from the newest table to that one, now. */
  const riskWords = async (root: bigint, changes: { readonly [place: number]: bigint } = {}) => {
    const medians = Array.from({ length: Number(RISK_WORDS) - 6 }, (_, i) => element(`medians ${i}`))
    const words = [
      await settlement.domain(),
      await now(),
      await authority.parametersRoot(),
      await settlement.riskRoot(),
      root,
      0n,
      ...medians,
    ] as bigint[]
    for (const [place, word] of Object.entries(changes)) words[Number(place)] = word
    return words
  }
  /** Those words with what the stub of risk updates takes for a proof: the arguments of updateRisk. */
  const updateOf = async (words: readonly bigint[]) => {
    const { proof, commitment } = await batchOf(RISK_UPDATE, words)
    return [proof, commitment, [...words]] as const
  }
  /** Brings a table, as anybody may. */
  const postTable = async (root: bigint, asOf?: bigint, data?: readonly bigint[], listings = 0n) => {
    const words = await riskWords(root, { ...(asOf !== undefined && { 1: asOf }), 5: listings })
    return as(stranger!).updateRisk(...(await updateOf(data === undefined ? words : [...words.slice(0, 6), ...data])))
  }

  /** Words of that claim, their commitment and what the exit stub takes for a proof: the arguments of recordClaim and stop. */
  const exitOf = async (account: number, claims: readonly bigint[], changes: { root?: bigint; risk?: bigint } = {}) => {
    const root = changes.root ?? ((await settlement.stateRoot()) as bigint)
    const risk = changes.risk ?? ((await settlement.riskRootUsed()) as bigint)
    const words = [(await settlement.domain()) as bigint, root, risk, BigInt(account), ...claims]
    const { commitment, proof } = await batchOf(BigInt(EXIT_KIND), words)
    return [words, commitment, proof] as const
  }
  const recordClaim = async (account: number, claims: readonly bigint[]) =>
    as(stranger!, exits).recordClaim(...(await exitOf(account, claims)))
  /** Freezes the venue for its first overdue entry; makes one if none waits. */
  const freeze = async () => {
    if ((await settlement.firstDeadline()) === 0n) await deposit(house!, 0, 0, 1n)
    await networkHelpers.time.increaseTo((await settlement.firstDeadline()) as bigint)
    await as(stranger!).freeze()
  }
  const errors: Interface[] = [settlement.interface, authority.interface, exits.interface]
  return {
    ...{
      ethers,
      networkHelpers,
      settlement,
      authority,
      exits,
      tokens,
      tradeVerifier,
      exitVerifier,
      deployment,
      deploy,
    },
    signers: {
      ...{ governor: governor!, operator: operator!, guardian: guardian! },
      ...{ house: house!, alice: alice!, bob: bob!, stranger: stranger! },
    },
    ethersSigners: signers,
    ...{ as, now, fee, register, fund, deposit, requestWithdrawal, cashWords, tradeWords, batchOf, settleCash },
    ...{
      takeoverWords,
      timesOf,
      settleTakeover,
      deleverageWords,
      settleDeleverage,
      settleTrade,
      settleRegistrations,
      riskWords,
      updateOf,
      postTable,
      exitOf,
      recordClaim,
      freeze,
      errors,
    },
    reset: (await networkHelpers.takeSnapshot()).restore,
  }
}

export type SettlementVenue = Awaited<ReturnType<typeof createSettlement>>

export const element32 = (name: string) => `0x${element(name).toString(16).padStart(64, '0')}`
