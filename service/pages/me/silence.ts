let proving: Promise<unknown> | undefined

/** Does work while the page asks for nothing by itself. */
export async function inSilence<T>(work: () => Promise<T>): Promise<T> {
  const running = work()
  proving = running
  try {
    return await running
  } finally {
    proving = undefined
  }
}

/** Resolves once the page may ask again. */
export async function silenceOver(): Promise<void> {
  while (proving !== undefined) await proving.catch(() => undefined)
}
