import { suite, test } from 'node:test'
import { accountInput } from '../../../circuits/state/account-input.ts'
import type { InputValue } from '../../../circuits/types.ts'
import { ruleProver } from '../../../lab/dishonesty/rule-prover.ts'
import { DOMAIN, makeAccount, NOW } from '../../../lab/instances/model.ts'
import { timesBase } from '../../../lab/instances/raw-signature.ts'
import {
  BIDDER,
  FLAGGED_AT,
  lawlessTakeover,
  makeTakeover,
  ODD_TAKEOVERS,
  OPENS,
  TAKEOVER_CIRCUIT,
  TAKEOVER_TABLE,
  TAKEOVER_VENUE,
  takeoverInputs,
  unreadTakeover,
  VICTIM,
} from '../../../lab/instances/takeover.ts'
import { SUBGROUP_ORDER } from '../../../protocol/crypto/baby-jubjub.ts'
import { primitives } from '../../../protocol/crypto/primitives.ts'
import { reduce } from '../../../protocol/field.ts'
import { accountAt } from '../../../protocol/state.ts'
import { hashBid, heldBy } from '../../../protocol/takeover/bid.ts'
import { passPortfolio } from '../../../protocol/takeover/pass.ts'

const { shipped, refused } = await ruleProver(TAKEOVER_CIRCUIT, takeoverInputs)

suite('takeover', () => {
  for (const [i, make] of ODD_TAKEOVERS.entries()) {
    test(`proves what seldom happens, as the model does: ${i}`, () => void shipped.expectPass(takeoverInputs(make())))
  }

  test('reads nothing of the third account where the house pays nothing', () => {
    shipped.expectPass(unreadTakeover())
  })
})

suite('a prover of takeovers who tells a single falsehood is refused for that alone', () => {
  test('who says that the victim is flagged, or that the bidder has a view key', () => {
    const unflagged = { victim: { flaggedAt: 0n }, timestamp: NOW + 100n, resumedAt: NOW }
    refused(lawlessTakeover(unflagged), /^main\.auction\.unflagged|unflagged$/, { lies: { 'auction.unflagged': 0n } })
    refused(lawlessTakeover({ bidder: { viewKey: 0n } }), /main\.viewless/, { lies: { viewless: 0n } })
  })

  test('who takes over the house, and says that it is none', () => {
    const house = { cash: -8_100n, flaggedAt: FLAGGED_AT, positions: { 0: { size: 10n } } }
    const bid = { victim: 0, held: heldBy(makeAccount(TAKEOVER_VENUE, house)) }
    refused(lawlessTakeover({ house, bid }), /main\.houseVictim/)
    refused(lawlessTakeover({ house, bid }), /main\.houseVictim/, { lies: { houseVictim: 0n } })
  })

  test('who opens victim, bidder or house in another state', () => {
    const pays = { victim: { cash: -13_000n }, timestamp: OPENS + 200n, bid: { price: -4_800n } }
    for (const [place, setting, other, rule] of [
      [0, {}, { victim: { cash: -8_150n } }, /^main\.(path\[0\]\.oldRoot|accountsRoot)/],
      [1, {}, { bidder: { cash: 70_000n } }, /^main\.path\[[01]\]\.(oldRoot|newRoot)/],
      [2, { ...pays, house: { cash: 9_000n } }, { house: { cash: 9_001n } }, /main\.path\[[12]\]/],
    ] as const) {
      const made = makeTakeover(setting)
      const forged = makeTakeover({ ...setting, ...other })
      const [theirs, ours] = [forged, made].map((one) => takeoverInputs(one).accountChildren as readonly InputValue[])
      const accountChildren = place === 0 ? theirs! : ours!.with(place, theirs![place]!)
      refused(forged, rule, { forge: { accountsRoot: made.before.accounts.root, accountChildren } })
    }
  })

  test('who signs a nonce or an expiry beyond its width', () => {
    const beyond = /^main\.bid\.AssertBits\S*\.Num2Bits/
    const last = (1n << 64n) - 1n
    const made = makeTakeover({ bidder: { nonce: last - 1n }, bid: { nonce: last } })
    refused(made, beyond, { forge: { bidNonce: last + 1n } })
    refused(makeTakeover(), beyond, { forge: { expiry: 1n << 40n } })
  })

  test('who signs by a key that has one coordinate of the bidder’s and not the other', () => {
    const [secret, nonce] = [5n, 7n]
    const { x, y } = timesBase(secret)
    const sum = timesBase(nonce)
    const { before, context, bid } = makeTakeover()
    const owner = { ...accountAt(before, BIDDER!)!, tradingKey: { x, y } }
    const state = { ...before, accounts: before.accounts.set(BIDDER!, owner) }
    for (const [name, key] of [
      ['keyX', { x: reduce(-x), y }],
      ['keyY', { x, y: reduce(-y) }],
    ] as const) {
      // the other key is minus the bidder's, and one of them with the point of order 2 on top, which then is in R8, too
      const R8 = name === 'keyX' ? sum : { x: reduce(-sum.x), y: reduce(-sum.y) }
      const h = primitives().poseidon(0n, [R8.x, R8.y, key.x, key.y, hashBid(bid.bid, DOMAIN)])
      const S = (((nonce - 8n * h * secret) % SUBGROUP_ORDER) + SUBGROUP_ORDER) % SUBGROUP_ORDER
      const made = passPortfolio(state, { ...bid, signature: { R8x: R8.x, R8y: R8.y, S } }, context)
      const value = name === 'keyX' ? key.x : key.y
      refused(made, new RegExp(`main\\.bid\\.${name}`), { lies: { [`bid.${name}`]: value } })
      refused(made, new RegExp(`main\\.bid\\.signature\\.${name}`), { lies: { [`bid.signature.${name}`]: value } })
    }
  })

  test('who takes over cash that leaves its width when funding is realised, whatever the words say then', () => {
    const [lots, most] = [1n << 39n, 1n << 80n]
    const rich = { cash: -10n, others: [1n << 70n] }
    for (const [size, cash, mark, bidder, beyond] of [
      [lots, lots - most + 1n, (1n << 41n) + 1n, { cash: 1n << 79n }, -2n],
      [-lots, most - 1n - lots, (1n << 41n) - 1n, rich, 2n],
    ] as const) {
      const [first, ...others] = TAKEOVER_TABLE.markets
      const market = { ...first!, mark, fundingIndex: 1n, scenarioPrices: [mark, mark - 100n, mark + 100n] }
      const made = makeTakeover({
        table: { ...TAKEOVER_TABLE, markets: [{ ...market, maxPosition: 1n << 50n }, ...others] },
        victim: { cash, positions: { 0: { size } } },
        bidder,
        bid: { price: 0n },
      })
      const { collateral, accountChildren } = takeoverInputs(made) as Record<string, readonly InputValue[]>
      const victim = accountAt(made.before, VICTIM!)!
      const other = { ...victim, collateral: victim.collateral.with(0, victim.collateral[0]! + beyond) }
      const tree = made.before.accounts.set(VICTIM!, other)
      const left = tree.set(VICTIM!, accountAt(made.after, VICTIM!)!)
      refused(made, /^main\.pass\.AssertBits\S*\.Num2Bits/, {
        forge: {
          collateral: collateral!.with(0, accountInput(other).collateral),
          accountsRoot: tree.root,
          accountChildren: [tree.path(VICTIM!).children, left.path(BIDDER!).children, accountChildren![2]!],
        },
      })
    }
  })
})
