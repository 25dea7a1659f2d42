import { type Account, hashAccount } from '../../protocol/account.ts'
import { type Book, hashBook } from '../../protocol/book.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { ARITY } from '../../protocol/tree.ts'
import type { OpenedState } from '../../venue/files/openings.ts'
import { Newest } from '../newest.ts'

/** Leaves that are kept of each kind: what batches of some seconds touch. */
const MOST = 2_048

/**
 * Accounts and books as batches left them, by their digests. Most of what a batch opens an earlier one left, and a leaf that is taken from
 * here was hashed then: its digest is known, and those of its positions' groups.
 */
export class LeftLeaves {
  readonly #accounts = new Newest<bigint, Account>(MOST)
  readonly #books = new Newest<bigint, Book>(MOST)

  /** The same, with leaves of here where their digests say that they are. What opens a leaf names its digest among the lowest four. */
  known(opened: OpenedState, market: number): OpenedState {
    const { accounts, book } = opened
    return {
      ...opened,
      accounts: accounts.map((one) => {
        const known = this.#accounts.get(digestOf(one.children, one.index))
        return known === undefined ? one : { ...one, account: known }
      }),
      book: { ...book, book: this.#books.get(digestOf(book.children, market)) ?? book.book },
    }
  }

  /** Keeps what a batch leaves. */
  keep({ after, touched, context: { market } }: TradeBatch): void {
    for (const { after: account } of touched) this.#accounts.set(hashAccount(account), account)
    const book = after.books.get(market)!
    this.#books.set(hashBook(book, after.shape.window), book)
  }
}

function digestOf(children: readonly (readonly bigint[])[], index: number): bigint {
  return children[0]![index % ARITY]!
}
