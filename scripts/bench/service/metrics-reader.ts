import { borrowDatabase } from '../../../service/postgres/borrow.ts'
import { createToken } from '../../../service/tokens/tokens.ts'
import type { ServeProcess } from './serve-process.ts'

const TOKEN_SECONDS = 3_600

/** What a venue says of itself to those who watch it. */
export class MetricsReader {
  readonly #url: string
  readonly #token: string

  private constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  static async of({ workerUrl, data }: Pick<ServeProcess, 'workerUrl' | 'data'>): Promise<MetricsReader> {
    await using borrowed = await borrowDatabase({ directory: data, signal: new AbortController().signal })
    const token = { name: 'of the load test', scope: 'metrics', seconds: TOKEN_SECONDS } as const
    return new MetricsReader(`${workerUrl}/metrics`, (await createToken(borrowed.database, token)).text)
  }

  /** The sum over all samples of that name, whatever their labels. Throws where there is none. */
  async read(name: string): Promise<number> {
    const response = await fetch(this.#url, { headers: { authorization: `Bearer ${this.#token}` } })
    const text = await response.text()
    if (!response.ok) throw new Error(`the venue answers with ${response.status}: ${text}`)
    const samples = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    if (samples.length === 0) throw new Error(`the venue says nothing of ${name}`)
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }
}
