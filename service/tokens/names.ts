/** Longest name of a token, in UTF-16 units. */
export const LONGEST_NAME = 100

/** Nothing that is not seen, and of blanks only a single space between two words. */
const SHOWN = /^[^\p{C}\p{Z}]+( [^\p{C}\p{Z}]+)*$/u
const LATIN = /\p{Script=Latin}/u
const OTHER_LETTER = /(?!\p{Script=Latin})\p{L}/u

/**
 * Whether a name shows all that it is: what is not seen, another form of a letter, or a letter that looks like a Latin one would make one
 * person two, in the eyes of whoever agrees to it.
 */
export function isPlainName(name: string): boolean {
  if (name.length > LONGEST_NAME || name !== name.normalize('NFKC') || !SHOWN.test(name)) return false
  return !(LATIN.test(name) && OTHER_LETTER.test(name))
}

/** Text that is the same for names of one person: small letters and capitals are one. */
export function personOf(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
