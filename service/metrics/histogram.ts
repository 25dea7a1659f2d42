import type { Family, Sample } from './exposition.ts'

/** How often values of up to each bound were seen, for each set of labels. */
export class Histogram {
  readonly #about: Pick<Family, 'name' | 'help'>
  readonly #bounds: readonly number[]
  readonly #series = new Map<string, { labels: Sample['labels']; counts: number[]; sum: number }>()

  /** `bounds`: rising; what is above the last is counted too. */
  constructor(about: Pick<Family, 'name' | 'help'>, bounds: readonly number[]) {
    this.#about = about
    this.#bounds = [...bounds, Number.POSITIVE_INFINITY]
  }

  observe(labels: Sample['labels'], value: number): void {
    const key = JSON.stringify(labels)
    const series = this.#series.get(key) ?? { labels, counts: this.#bounds.map(() => 0), sum: 0 }
    this.#series.set(key, series)
    for (const [i, bound] of this.#bounds.entries()) if (value <= bound) series.counts[i]!++
    series.sum += value
  }

  get family(): Family {
    const samples = [...this.#series.values()].flatMap(({ labels, counts, sum }): Sample[] => [
      ...counts.map((value, i) => ({
        ...{ suffix: '_bucket', value },
        labels: { ...labels, le: this.#bounds[i] === Number.POSITIVE_INFINITY ? '+Inf' : `${this.#bounds[i]}` },
      })),
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: counts.at(-1)! },
    ])
    return { ...this.#about, type: 'histogram', samples }
  }
}
