import type { Tls } from '../http/app.ts'
import { Loop } from './loop.ts'

type Pair = Pick<Tls, 'cert' | 'key'>

export interface RenewedTlsOptions {
  readonly first: Pair
  /** What the files have now. Throws where it cannot be used, as between the writing of the one and of the other. */
  read(): Promise<Pair>
  readonly note: (message: string) => void
  readonly warn: (message: string) => void
  /** Between two looks. Default: ten seconds. */
  readonly everyMs?: number | undefined
}

const EVERY_MS = 10_000

/** A certificate that is renewed while it is shown: its files are looked at again and again, and servers show what they have. */
export class RenewedTls implements Tls, AsyncDisposable {
  readonly #options: RenewedTlsOptions
  readonly #shows = new Set<(next: Pair) => void>()
  readonly #looks: Loop
  #pair: Pair
  /** What was wrong at the last look, and whether that was told. */
  #failure: { readonly message: string; isTold: boolean } | undefined

  constructor(options: RenewedTlsOptions) {
    this.#options = options
    this.#pair = options.first
    this.#looks = new Loop(options.everyMs ?? EVERY_MS, () => this.#look())
  }

  get cert(): string | Buffer {
    return this.#pair.cert
  }

  get key(): string | Buffer {
    return this.#pair.key
  }

  onRenewed(show: (next: Pair) => void): Disposable {
    this.#shows.add(show)
    return { [Symbol.dispose]: () => void this.#shows.delete(show) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looks[Symbol.asyncDispose]()
  }

  async #look(): Promise<void> {
    const { read, note } = this.#options
    try {
      const next = await read()
      this.#failure = undefined
      if (next.cert === this.#pair.cert && next.key === this.#pair.key) return
      this.#pair = next
      for (const show of this.#shows) show(next)
      note('the certificate was renewed: who connects from now on is shown the one that its file has now')
    } catch (error) {
      this.#fail((error as Error).message)
    }
  }

  /** Told if it stays so for two looks: the one file is written before the other. */
  #fail(message: string): void {
    const isSame = this.#failure?.message === message
    if (!isSame) this.#failure = { message, isTold: false }
    else if (!this.#failure!.isTold) {
      this.#failure!.isTold = true
      this.#options.warn(`the certificate of before is shown on, as what its files have now cannot be used: ${message}`)
    }
  }
}
