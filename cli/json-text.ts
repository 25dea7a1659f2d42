import { shownJson } from './shown-text.ts'

/** Pretty JSON with a newline at its end; bigints become decimal strings. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part), 2)
  return `${shownJson(text)}\n`
}
