/**
 * Runs a job for each item, `atOnce` of them side by side, begun in order. Returns their results in order. Where one fails, those under
 * way are aborted through the signal that they got, and what failed first is thrown when all have ended.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  { atOnce, signal }: { readonly atOnce: number; readonly signal?: AbortSignal | undefined },
  run: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failing = new AbortController()
  const stop = signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal])
  const results: Result[] = []
  const failures: unknown[] = []
  let next = 0
  const work = async () => {
    while (next < items.length && failures.length === 0) {
      const index = next++
      try {
        results[index] = await run(items[index]!, index, stop)
      } catch (error) {
        failures.push(error)
        failing.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work))
  if (failures.length > 0) throw failures[0]
  return results
}
