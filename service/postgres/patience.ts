export interface Patience<T> {
  /** How often it is looked whether it came, and milliseconds between two looks. */
  readonly looks?: number
  readonly lookMs?: number
  /** Gets what comes after nobody waits for it any more. */
  readonly late?: (come: T) => void
  /** What is thrown where it does not. Default: a timeout. */
  readonly otherwise?: () => Error
}

/**
 * What a promise gives, if it does in time. While this process is busy, nothing that came is heard of, and that counts as one look, however
 * long it takes: what is late because we are is not given up.
 */
export async function inTime<T>(
  coming: Promise<T>,
  { looks = 10, lookMs = 1_000, late, otherwise = timeout }: Patience<T> = {},
): Promise<T> {
  const over = Promise.withResolvers<never>()
  let left = looks
  const look = () => {
    left--
    if (left === 0) over.reject(otherwise())
    else timer = setTimeout(look, lookMs)
  }
  let timer = setTimeout(look, lookMs)
  try {
    return await Promise.race([coming, over.promise])
  } catch (error) {
    if (late !== undefined) coming.then(late, () => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function timeout(): Error {
  return new Error('timeout: no connection could be had in time')
}
