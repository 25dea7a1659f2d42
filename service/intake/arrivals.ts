/** Who has come has his turn before whoever came later, however long it takes until each is ready for it. */
export class Arrivals {
  #last: Promise<void> = Promise.resolve()

  /**
   * Begins `go` when what it needs is there and all who came before had their turn, or could not be made ready. A turn ends with the first
   * thing that `go` waits for.
   */
  async pass<Ready, T>(ready: Promise<Ready>, go: (ready: Ready) => Promise<T>): Promise<T> {
    const before = this.#last
    const turn = Promise.withResolvers<void>()
    this.#last = before.then(() => turn.promise)
    let going: Promise<T>
    try {
      const [given] = await Promise.all([ready, before])
      going = go(given)
    } finally {
      turn.resolve()
    }
    return await going
  }
}
