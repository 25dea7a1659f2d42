/**
 * The best resting orders of one side: packed slots in ascending order, which is price-time priority. Only the used
 * places are kept here; the commitment fills up with EMPTY.
 */
export type Window = readonly bigint[]

/** Number of slots below `word`: the place at which it would stand. */
export function placeOf(window: Window, word: bigint): number {
  let low = 0
  let high = window.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (window[middle]! < word) low = middle + 1
    else high = middle
  }
  return low
}

export function removeAt(window: Window, place: number): Window {
  return window.toSpliced(place, 1)
}

export function insertAt(window: Window, place: number, word: bigint): Window {
  return window.toSpliced(place, 0, word)
}

export function replaceAt(window: Window, place: number, word: bigint): Window {
  return window.with(place, word)
}
