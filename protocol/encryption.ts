import { type Account, hashAccount } from './account.ts'
import { applyUpdate, packUpdate, type UpdateWords, unpackUpdate, updateOf } from './account-update.ts'
import { ZkclearError } from './errors.ts'
import { poseidonPair } from './hash.ts'
import { assertCanonical, FIELD } from './numbers.ts'

/** Why words that a batch published are not an update of an account, in `details.reason` of the error. */
export type DecryptionFault = 'WORDS_DO_NOT_OPEN' | 'LEAF_DIFFERS'

/** An update that was decrypted: the account after it, and the market that it was in. */
export interface DecryptedUpdate {
  readonly account: Account
  readonly market: number
}

/**
 * What a trade batch publishes of an account that it touched, for those who have its view key (protocol.md#encryption): the
 * update in that market under a keystream of its own. `account` is as the batch leaves it. Throws INPUT_INVALID for a view key
 * that is 0 or no field element, or a market that the account does not have.
 */
export function encryptUpdate(viewKey: bigint, account: Account, market: number): UpdateWords {
  requireViewKey(viewKey)
  if (account.positions[market] === undefined) {
    const message = `got ${market}, need one of the account's ${account.positions.length} markets, from 0`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'market' })
  }
  const [head, position] = packUpdate(updateOf(account, market))
  const [first, second] = keystream(viewKey, hashAccount(account), market)
  return [(head + first) % FIELD, (position + second) % FIELD]
}

/**
 * The account after a trade batch, from what it was before and what the batch published of it: the hash of its new leaf, and
 * two words. Which market it was is found by trying all; that the result is right is shown by the leaf's hash. Throws
 * INPUT_INVALID: for the words if no market opens them, which is so for another key, another leaf and other words; for the
 * account if they open but do not make the leaf of it, which is so if an earlier change of it is missing.
 */
export function decryptUpdate(viewKey: bigint, before: Account, leaf: bigint, words: UpdateWords): DecryptedUpdate {
  requireViewKey(viewKey)
  assertCanonical(leaf, 'leaf')
  if (!Array.isArray(words) || words.length !== 2) {
    throw new ZkclearError('INPUT_INVALID', 'must be the two words that a batch published', { path: 'words' })
  }
  const [head, position] = words.map((word, i) => assertCanonical(word, `words[${i}]`)) as [bigint, bigint]
  let fault: DecryptionFault = 'WORDS_DO_NOT_OPEN'
  for (let market = 0; market < before.positions.length; market++) {
    const [first, second] = keystream(viewKey, leaf, market)
    const update = unpackUpdate([(head - first + FIELD) % FIELD, (position - second + FIELD) % FIELD])
    if (update?.market !== market) continue
    const account = applyUpdate(before, update)
    if (hashAccount(account) === leaf) return { account, market }
    fault = 'LEAF_DIFFERS'
  }
  throw fault === 'LEAF_DIFFERS'
    ? refusal(
        fault,
        'account',
        'the words open, but do not make the published leaf of it; an earlier change is missing',
      )
    : refusal(
        fault,
        'words',
        'no market opens them: they belong to another account or leaf, or the view key is another',
      )
}

/** Two words that nobody can tell from random ones who does not have the view key. */
function keystream(viewKey: bigint, leaf: bigint, market: number): UpdateWords {
  return poseidonPair('ENCRYPT', [viewKey, leaf, BigInt(market)])
}

/** Throws INPUT_INVALID for what is no view key. */
export function requireViewKey(viewKey: bigint, path = 'viewKey'): void {
  if (typeof viewKey === 'bigint' && viewKey > 0n && viewKey < FIELD) return
  throw new ZkclearError('INPUT_INVALID', 'must be a field element other than 0, which is no secret', { path })
}

function refusal(reason: DecryptionFault, path: string, message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path, details: { reason } })
}
