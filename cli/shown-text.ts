/** What a terminal obeys, but for the ends of lines and tabs; and what turns the direction in which text is read. */
const ORDERS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu

/** Text for people, in which others may have said something: venues, nodes, files. What would do something to a terminal is shown as U+FFFD. */
export function shownText(text: string): string {
  return text.replaceAll(ORDERS, '\ufffd')
}

/** The same of JSON, which says it with escapes: those are the same to whoever reads it, and nothing to a terminal. */
export function shownJson(text: string): string {
  return text.replaceAll(ORDERS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
