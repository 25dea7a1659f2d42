import assert from 'node:assert/strict'
import { before, beforeEach, describe, it } from 'mocha'
import { rowArgument } from '../../../settlement/batch-arguments.ts'
import { inForceOf, itemChanges, proposeChange } from '../../support/contracts/authority-items.ts'
import {
  CASH,
  type Callable,
  createSettlement,
  ITEMS,
  PERIODS,
  PRICE_OFFSET,
  type SettlementVenue,
  slot,
  TAKEOVER,
} from '../../support/contracts/settlement.ts'

/** Every function that writes, by who may call it. */
const WRITING: Readonly<Record<'Settlement' | 'Authority' | 'Exits', Readonly<Record<string, readonly string[]>>>> = {
  Settlement: {
    all: ['deposit', 'freeze', 'refundDeposit', 'register', 'stopForBrokenVerifier'],
    'all, with a proof': ['updateRisk'],
    'the operator, with a proof': ['settle', 'settleMany'],
    'an owner': [
      ...['acceptOwner', 'claim', 'offerOwner', 'requestCure', 'requestWithdrawal', 'resume', 'rotate', 'suspend'],
    ],
    'the exits': ['freezeForBrokenExits', 'payExit'],
  },
  Authority: {
    'the governor': ['announceWindDown', 'cancel', 'execute', 'propose', 'proposeParameters'],
    'the guardian': ['pause', 'unpause'],
    'the exits': ['voidExitVerifier'],
    'the settlement, where the house pays': ['requireBatch', 'requireBatches'],
    'a settlement that is deployed, once': ['bind'],
  },
  Exits: {
    'all, with a proof': ['recordClaim', 'stop'],
    all: ['payout', 'shareLeftovers'],
    'the authority': ['beginAnew'],
    'a settlement that is deployed, once': ['bind'],
  },
}

const writing = (contract: Callable) =>
  contract.interface.fragments.flatMap((fragment) =>
    fragment.type === 'function' && !('constant' in fragment && fragment.constant)
      ? [(fragment as unknown as { name: string }).name]
      : [],
  )

/** The arguments of requireBatch for a takeover that the house pays for, with its proof. */
async function paidTakeover(venue: SettlementVenue) {
  const { proof, commitment, words } = await venue.batchOf(
    TAKEOVER,
    await venue.takeoverWords({ 8: PRICE_OFFSET - 5n }),
  )
  return [TAKEOVER, (await venue.settlement.domain()) as bigint, proof, commitment, words] as const
}

/** The arguments of requireBatches for that batch alone. */
function rowOf([kind, domain, proof, commitment, words]: Awaited<ReturnType<typeof paidTakeover>>) {
  return [`0x0${kind}`, domain, [proof], [commitment], words]
}

describe('the functions that write', () => {
  let venue: SettlementVenue
  let governor: Callable
  let other: Callable
  before(async () => {
    venue = await createSettlement()
    governor = venue.as(venue.signers.governor, venue.authority)
    other = await venue.deploy('StubStateVerifier', 5n)
    venue = { ...venue, reset: (await venue.networkHelpers.takeSnapshot()).restore }
  })
  beforeEach(() => venue.reset())

  it('are those of the table', () => {
    for (const name of ['Settlement', 'Authority', 'Exits'] as const) {
      const contract = { Settlement: venue.settlement, Authority: venue.authority, Exits: venue.exits }[name]
      assert.deepEqual(writing(contract).sort(), Object.values(WRITING[name]).flat().sort())
    }
  })

  it('that are somebody’s refuse every other caller, and say who may', async () => {
    const { signers, settlement, exits, authority } = venue
    const { house, stranger } = signers
    await governor.propose(ITEMS.OPERATOR, 0n, signers.bob.address, 0n)
    await venue.networkHelpers.time.increase(PERIODS.upgradeDelay)
    await venue.as(house).offerOwner(0, signers.alice.address)
    const batch = await venue.batchOf(CASH, await venue.cashWords([slot.register(0)]))
    const paid = await paidTakeover(venue)
    const value = 10n ** 18n
    const [x, y] = [5n, 5n]
    /** Of each function what it takes, who may call it, and what others are told. */
    const owned = (...values: readonly unknown[]) => ({ values, entitled: house.address, error: 'NotOwner' })
    const ofRole = (entitled: unknown, ...values: readonly unknown[]) => ({ values, entitled, error: 'NotEntitled' })
    const table: Record<string, { values: readonly unknown[]; entitled: unknown; error: string }> = {
      'Settlement.settle': { values: [CASH, batch], entitled: signers.operator.address, error: 'NotByOperator' },
      'Settlement.settleMany': {
        values: [rowArgument([{ kind: Number(CASH), batch }])],
        entitled: signers.operator.address,
        error: 'NotByOperator',
      },
      'Settlement.acceptOwner': { values: [0], entitled: signers.alice.address, error: 'NotOffered' },
      'Settlement.offerOwner': owned(0, stranger.address),
      'Settlement.requestCure': owned(0, { value }),
      'Settlement.requestWithdrawal': owned(0, 0, 1n, { value }),
      'Settlement.resume': owned(0, { value }),
      'Settlement.rotate': owned(0, x, y, { value }),
      'Settlement.suspend': owned(0, { value }),
      'Settlement.freezeForBrokenExits': ofRole(exits.target),
      // Of a frozen venue only, which is asked first: exits.test.ts has that one.
      'Settlement.payExit': { values: [0, [1n, 1n]], entitled: exits.target, error: 'VenueLives' },
      // Everybody has a credit, if of nothing.
      'Settlement.claim': { values: [0, 1n, stranger.address], entitled: undefined, error: 'NotEnoughLots' },
      'Authority.announceWindDown': ofRole(signers.governor.address),
      'Authority.propose': ofRole(signers.governor.address, ITEMS.GUARDIAN, 0n, stranger.address, 0n),
      'Authority.proposeParameters': ofRole(signers.governor.address, 5n, [1n]),
      'Authority.execute': ofRole(signers.governor.address, ITEMS.OPERATOR, 0n),
      'Authority.cancel': ofRole(signers.governor.address, ITEMS.GUARDIAN, 0n),
      'Authority.pause': ofRole(signers.guardian.address),
      'Authority.unpause': ofRole(signers.guardian.address),
      'Authority.voidExitVerifier': ofRole(exits.target),
      'Authority.requireBatch': ofRole(settlement.target, ...paid),
      'Authority.requireBatches': ofRole(settlement.target, ...rowOf(paid)),
      'Authority.bind': { values: [], entitled: settlement.target, error: 'BoundAlready' },
      'Exits.beginAnew': ofRole(authority.target),
      'Exits.bind': { values: [], entitled: settlement.target, error: 'BoundAlready' },
    }
    const somebodys = Object.entries(WRITING).flatMap(([contract, parties]) =>
      Object.entries(parties).flatMap(([party, names]) =>
        party.startsWith('all') ? [] : names.map((name) => `${contract}.${name}`),
      ),
    )
    assert.deepEqual(Object.keys(table).sort(), somebodys.sort())
    for (const [name, { values, entitled, error }] of Object.entries(table)) {
      const [contract, method] = name.split('.') as [string, string]
      const at = { Settlement: settlement, Authority: authority, Exits: exits }[contract]!
      for (const signer of Object.values(signers)) {
        if (signer.address === entitled) continue
        const call = venue.as(signer, at)[method](...values) as Promise<unknown>
        await assert.rejects(call, ({ data }: { data: string }) => {
          const refused = at.interface.parseError(data)!
          assert.equal(refused.name, error, `${name} by ${signer.address}`)
          if (error === 'NotEntitled') assert.equal(refused.args[1], entitled, name)
          return true
        })
      }
    }
  })

  it('change nothing that authority is about within the delay, whoever calls them', async () => {
    const { signers, authority, settlement, exits, networkHelpers } = venue
    const callers = Object.values(signers)
    for (const change of Object.values(itemChanges(venue, other.target as string)))
      await proposeChange(governor, change)
    const before = await inForceOf(venue)
    const proof = {
      a: [0n, 0n],
      b: [
        [0n, 0n],
        [0n, 0n],
      ],
      c: [0n, 0n],
    }
    const paid = await paidTakeover(venue)
    const arguments_: Record<string, readonly unknown[]> = {
      requireBatch: paid,
      requireBatches: rowOf(paid),
      propose: [ITEMS.OPERATOR, 0n, signers.bob.address, 0n],
      recordClaim: [[1n, 1n, 1n, 1n, 1n, 1n], 1n, proof],
      stop: [[1n, 0n, 1n, 1n, 1n, 1n], 1n, proof],
      payout: [0],
      shareLeftovers: [0],
    }
    let calls = 0
    for (const contract of [authority, exits]) {
      for (const name of writing(contract)) {
        for (const signer of callers) {
          const lists: (readonly unknown[])[] =
            name === 'execute' || name === 'cancel'
              ? Object.values(itemChanges(venue, other.target as string)).map(([item, key]) => [item, key])
              : [arguments_[name] ?? []]
          for (const list of lists) {
            const snapshot = await networkHelpers.takeSnapshot()
            await venue
              .as(signer, contract)
              [name](...list)
              .catch(() => undefined)
            assert.equal(await inForceOf(venue), before, `${name} by ${signer.address}`)
            await snapshot.restore()
            calls++
          }
        }
      }
    }
    assert.ok(calls > 150)
    assert.equal(await settlement.frozenAt(), 0n)
  })
})
