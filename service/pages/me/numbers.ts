/** A whole number of any size, with commas between thousands. */
export function whole(value: bigint): string {
  return value.toLocaleString('en')
}

/** The ends of a long hex text. */
export function ends(text: string): string {
  return text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-6)}`
}
