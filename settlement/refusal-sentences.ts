import type { ContractName } from './contract-at.ts'

/** Arguments of a contract's error by name: integers as bigints, addresses and bytes in hex. */
export type Arguments = Readonly<Record<string, bigint | string>>

export type Sentence = (args: Arguments) => string

const NOT_CANONICAL: Readonly<Record<string, Sentence>> = {
  NotCanonical: ({ value, order }) => `${value} is no field element; need one below ${order}`,
}

const PROOFS: Readonly<Record<string, Sentence>> = {
  ...NOT_CANONICAL,
  NotEnoughGas: ({ left, needed }) =>
    `${left} gas was left when the proof was to be checked, which may take ${needed}; send more gas`,
}

const CIRCUITS: Readonly<Record<string, Sentence>> = {
  ...PROOFS,
  WordCountWrong: ({ given, needed }) =>
    `it has ${given} words, and the circuit of the contract ${needed}; prove with the profile that it was deployed for`,
  WordNotCanonical: ({ index, value, order }) => `word ${index} is ${value}, no field element; need one below ${order}`,
}

const WORDS: Readonly<Record<string, Sentence>> = {
  ...CIRCUITS,
  DomainWrong: ({ given, own }) =>
    `it was made for domain ${given}, and that of this Settlement is ${own}; sign and prove for this one`,
}

/** What Authority says of a batch, and Settlement hands on. */
const BATCHES: Readonly<Record<string, Sentence>> = {
  ...CIRCUITS,
  AuctionAhead: ({ timestamp, blockTime }) =>
    `it is of the time ${timestamp}, and the block of ${blockTime} (unix seconds); a takeover or deleveraging is settled then`,
  ClosingOnlyWrong: ({ given, time, closingFrom }) =>
    `closingOnly is ${given} in a batch of the time ${time}, and from ${closingFrom} on (unix seconds; 0 is never) it has to be 1, before that 0; apply the batch again as the contract says`,
  CoverLimited: ({ asked, left, from }) =>
    `the house would pay ${asked} quanta, and may pay ${left} now; ${from === 0n ? 'it never may pay that much at once' : `wait until ${from} (unix seconds)`}, or take a bid at which it pays less`,
  FlagTooOld: ({ timestamp, earliest }) =>
    `the batch flags an account and is of ${timestamp}, and a time from ${earliest} on is allowed (unix seconds); make it again`,
  FlaggingPaused: ({ until }) =>
    `the guardian has paused the venue until ${until} (unix seconds), and nobody is flagged meanwhile; settle it then`,
  HouseMayPay: ({ asked, left }) =>
    `a bidder may ask ${asked} quanta of the house, and it may pay ${left} now; settle a takeover at that price or a better one, or a deleveraging that shows that the house has not got that much`,
  KindUnknown: ({ kind, kinds }) =>
    `it knows ${kinds} kinds of batches, from 0, and kind ${kind} is none; settle at one that was deployed with it`,
  ProofsRejected: () =>
    'not all of the proofs hold under the verifiers in force; check each with "zkclear verify", and settle them one by one to see which',
  ResumedAtWrong: ({ given, ended }) =>
    `it counts the auction from a pause that ended at ${given}, and the last one did at ${ended} (unix seconds; 0 is none); apply it again as the contract says`,
  RowUneven: ({ kinds, proofs, commitments }) =>
    `a row of batches has ${kinds} kinds, ${proofs} proofs and ${commitments} commitments; give one of each for each batch`,
  TradingPaused: ({ until }) =>
    `the guardian has paused trade batches, takeovers and deleveragings until ${until} (unix seconds); settle it then`,
}

const AUTHORITY: Readonly<Record<string, Sentence>> = {
  ...BATCHES,
  AuthorityEnded: ({ frozenAt }) => `the venue was frozen at ${frozenAt} (unix seconds); nothing is changed any more`,
  KeyUnknown: ({ item, key }) => `item ${item} has no key ${key}; name the kind of a circuit, an asset, or 0`,
  NotEntitled: ({ caller, entitled }) => `${caller} may not do this, only ${entitled}; send from that account`,
  OutflowOutOfRange: ({ shareBps, least, most }) =>
    `got ${shareBps} basis points an hour, need from ${least} to ${most}`,
  ParametersWithoutWords: () => 'risk parameters are proposed with their words; call proposeParameters',
  PausedTooRecently: ({ pausableFrom }) => `trades may be paused again from ${pausableFrom} (unix seconds) on`,
  ProposalNotRipe: ({ matures, lapses }) =>
    `there is no such proposal, or it can be executed only from ${matures} to ${lapses} (unix seconds)`,
  ProposalWaits: ({ matures }) =>
    `a proposal for this waits already, which matures at ${matures} (unix seconds); cancel that one first`,
  TargetUnusable: ({ target }) => `${target} has no code, or is the zero address; name another`,
  WindDownUnderWay: ({ since }) => `an end was announced at ${since} (unix seconds) already`,
}

/** What each error says that a call can end with: what was given, what is allowed, what to do. */
export const REFUSALS: Readonly<Record<ContractName, Readonly<Record<string, Sentence>>>> = {
  Settlement: {
    ...WORDS,
    ...BATCHES,
    AccountUnknown: ({ account, count }) => `there is no account ${account}; they are 0 to ${BigInt(count!) - 1n}`,
    AccountsFull: ({ capacity }) => `all ${capacity} accounts are taken; no other can be registered`,
    AlreadyPending: ({ account, asset }) =>
      `such a request of account ${account}, asset ${asset}, waits in the queue already; wait until it is served`,
    AmountOutOfRange: ({ amount }) => `got ${amount} lots, need at least 1`,
    AssetUnknown: ({ asset, count }) => `there is no asset ${asset}; they are 0 to ${BigInt(count!) - 1n}`,
    AvailableWrong: ({ slot, told, present }) =>
      `slot ${slot} says that the vault has ${told} lots, and it has ${present}; apply the batch to the current state`,
    CureGoesFirst: ({ slot, account }) =>
      `slot ${slot} pays a forced withdrawal of account ${account}, whose cure may be tried again: put that before it`,
    DepositNotWhole: ({ units, arrived }) =>
      `of ${units} token units ${arrived} arrived; tokens that take fees or change balances cannot be held`,
    DepositOutOfRange: ({ amount, held, bound }) =>
      `with ${amount} lots more than the ${held} that are held there would be ${bound} or more; deposit less`,
    DepositTooSmall: ({ amount, least }) => `got ${amount} lots, need at least ${least}`,
    FailedCall: () => 'the excess of the fee could not be sent back; send the fee exactly, or from another account',
    FeeTooLow: ({ given, fee }) => `${given} wei were sent, and the queue's fee is ${fee} now; send as much`,
    HouseCannotBeSuspended: () => 'account 0 is the house, which takes the fees; it cannot be suspended',
    InsufficientBalance: ({ balance, needed }) => `it holds ${balance} wei, and needs ${needed}`,
    ListingsWrong: ({ given, retired }) =>
      `the table was made as if the markets ${given} were retired, and those that are come to ${retired} (a bit for each, the first lowest); make it again`,
    NotADeposit: ({ index }) => `no deposit of that content waits as entry ${index}; it was consumed or refunded`,
    NotByOperator: ({ caller, operator, batch }) =>
      `${caller} is not the operator, and brings no signature of ${operator} for batch ${batch}; settle as the operator`,
    NotEnoughLots: ({ amount, there }) => `got ${amount} lots, and there are ${there}; ask for no more`,
    NotEntitled: AUTHORITY.NotEntitled!,
    NotImpossible: ({ root }) => `the proof leads to root ${root}, which is no impossible one; only 0 is`,
    NotOffered: ({ account, offered }) => `account ${account} is offered to ${offered}; its owner must offer it first`,
    NotOnCurve: ({ x, y }) => `(${x}, ${y}) is no point of the curve; register one that keyToRegister gives`,
    NotOwner: ({ account, caller, owner }) =>
      `${caller} does not own account ${account}, ${owner} does; send from that account`,
    NotTheFirstEntry: ({ index }) =>
      `the batch consumes something else than entry ${index}, the first that waits; apply the queue in its order`,
    NothingOverdue: ({ time, overdueFrom, woundDownFrom }) =>
      `at ${time} nothing is overdue: the first entry is from ${overdueFrom} on, an announced end from ${woundDownFrom} on (unix seconds; 0 is never)`,
    OutflowLimited: ({ amount, free }) =>
      `got ${amount} lots, and ${free} may leave now by the outflow limit; claim those, or wait`,
    OwnerNotExpected: ({ account, expected, owner }) =>
      `account ${account} is of ${owner}, and the deposit was meant for one of ${expected}; read the account's index from the receipt of its registration`,
    OwnersDiffer: ({ slot, from, to }) =>
      `slot ${slot} transfers from an account of ${from} to one of ${to}; transfers lead between accounts of one owner`,
    ParametersNotInForce: ({ given, inForce }) =>
      inForce === 0n
        ? 'the venue has no risk parameters yet, so no table can be proved; its governor has to propose some'
        : `the table was made under risk parameters ${given}, and ${inForce} are in force; make it again under those`,
    PayerCountWrong: ({ given, needed }) => `${given} payers are named, and ${needed} deposits consumed; name each`,
    PositionSheltered: ({ slot, from }) =>
      `slot ${slot} pays a forced withdrawal of an account with a position in a market that the batch's table shelters; settle it at a table that does not shelter it, or from ${from} on (unix seconds), 12 hours before its deadline`,
    QueueFull: ({ waiting, most }) =>
      `${waiting} entries wait, and only withdrawals, suspensions and cures are queued from ${most} on; try later`,
    ReentrancyGuardReentrantCall: () => 'a token called back while it was being moved; it cannot be held here',
    RescueGoesFirst: ({ account, index, askedAt, opens }) =>
      `a deposit or cure of account ${account} waits from before its auction opened at ${opens}, or shelter kept one from being decided, whose cure may be tried again; entry ${index}, queued at ${askedAt} (unix seconds), is the first that waits; serve what may save the account first`,
    RiskRootNotNewest: ({ given, newest }) =>
      `the table follows from risk table ${given}, and the newest is ${newest} (0 is none); make it again from that one`,
    RiskTableNotInForce: ({ riskRoot, oldest, count }) =>
      oldest === count
        ? `the batch was made at risk table ${riskRoot}, and only the newest serves now, number ${count} (0 is none); apply and prove it at that one`
        : `the batch was made at risk table ${riskRoot}, and only the newest, number ${count}, and for two minutes after that came the one before it serve; apply and prove it at the newest`,
    RiskTimeOutOfRange: ({ asOf, earliest, latest }) =>
      `the table is of ${asOf}, and a time from ${earliest} to ${latest} is allowed (unix seconds); make one from newer reports, or wait`,
    RiskTooSoon: ({ time, earliest }) =>
      `it is ${time}, and the next table may come from ${earliest} on (unix seconds); wait`,
    SafeCastOverflowedUintDowncast: ({ value }) => `${value} is more than it counts with`,
    SafeERC20FailedOperation: ({ token }) =>
      `the token ${token} refuses the transfer; see the balance, and what is approved`,
    SlotUnknown: ({ slot }) => `slot ${slot} has a kind that does not exist; settle with the version that was deployed`,
    SmallOrder: ({ x, y }) => `(${x}, ${y}) is of small order, which no key is; register one that keyToRegister gives`,
    StateRootNotCurrent: ({ given, current }) =>
      `the batch starts from state root ${given}, and the current one is ${current}`,
    TimestampOutOfRange: ({ timestamp, last, blockTime, maxClockSkew }) =>
      `the batch's time is ${timestamp}; need one not before ${last}, that of the last batch, and within ${maxClockSkew} seconds of the block's, ${blockTime}; apply and prove it at another time`,
    VenueFrozen: ({ frozenAt }) =>
      `the venue was frozen at ${frozenAt} (unix seconds), for ever; what is owed can be claimed with exit proofs`,
    VenueLives: () => 'the venue lives; this is for a frozen one',
    ViewCommitmentWrong: ({ slot, told, needed }) =>
      `the view key of slot ${slot} hashes to ${told}, and its owner registered ${needed}; ask the owner for the right one`,
    ZeroRoot: () => '0 is no root: it stands for none',
  },
  Authority: AUTHORITY,
  Exits: {
    ...WORDS,
    AccountUnknown: ({ account, count }) => `there is no account ${account}; they are 0 to ${BigInt(count!) - 1n}`,
    AlreadyBroken: () => 'the exit verifier was stopped already',
    AlreadyClaimed: ({ account }) =>
      `account ${account} has claimed already; there is nothing left to do until payouts`,
    ClaimTooLarge: ({ asset, claim }) => `${claim} lots of asset ${asset} are more than any account has`,
    NotEntitled: AUTHORITY.NotEntitled!,
    NotImpossible: ({ stateRoot }) => `the proof is of state root ${stateRoot}, which is no impossible one; only 0 is`,
    NotThePeriod: ({ time, from, until }) =>
      `at ${time} it is not the time for this: it is from ${from} until ${until} (unix seconds; both 0 while the venue lives, until 0: for ever)`,
    NothingToPay: ({ account }) => `account ${account} has nothing to be paid now: no claim in time, or paid already`,
    RiskRootWrong: ({ given, used }) =>
      `the claim is at risk table ${given}, and that of the venue's last batch is ${used}; prove it at that one`,
    StateRootWrong: ({ given, last }) =>
      `the claim is in state ${given}, and the venue's last one is ${last}; recover the account to the end`,
  },
  MarginGate: {
    ...PROOFS,
    ListedOtherwise: ({ table, made, relisting }) =>
      `the proof is at risk table number ${table}, and of a state that was made at table ${made}: a table serves that is not older than the state's, and none after the state's, up to it, may have relisted a market, as table ${relisting} did (0: none did); prove margin in the current state at the newest table, after the next batch if that is older`,
    NullifierUsed: ({ usedAt }) =>
      `the account was admitted for this purpose at ${usedAt} (unix seconds), and is admitted once; use another purpose`,
    RiskTableNotRecent: ({ riskRoot }) =>
      `the proof's risk table, ${riskRoot}, is not among the last ones of Settlement; prove margin at the newest, or bring a newer one ("zkclear risk update")`,
    RiskTableTooOld: ({ age, maxAge }) =>
      `the proof's risk table is ${age} seconds old, it takes at most ${maxAge}; prove margin at a newer one, or bring one ("zkclear risk update")`,
    StateRootNotRecent: ({ stateRoot, since }) =>
      `the proof's state root, ${stateRoot}, is not among Settlement's recent ones, nor kept of the time ${since} (unix seconds); prove margin in the current state`,
    StateRootTooOld: ({ age, maxAge }) =>
      `the proof's state root was superseded ${age} seconds ago, it takes at most ${maxAge}; prove margin in the current state`,
  },
  Token: {
    ERC20InsufficientAllowance: ({ allowance, needed }) =>
      `${needed} of its units are needed, and ${allowance} are approved; approve as many`,
    ERC20InsufficientBalance: ({ balance, needed }) => `${needed} of its units are needed, and ${balance} are there`,
    ERC20InvalidApprover: ({ approver }) => `${approver} can approve nothing`,
    ERC20InvalidReceiver: ({ receiver }) => `${receiver} can receive nothing`,
    ERC20InvalidSender: ({ sender }) => `${sender} can send nothing`,
    ERC20InvalidSpender: ({ spender }) => `${spender} can spend nothing`,
  },
}
