import { type ErrorCode, ZkclearError } from './errors.ts'

/** What a schema finds wrong with a value, as zod tells it. */
interface Issue {
  readonly code: string
  readonly message: string
  readonly path: readonly PropertyKey[]
  /** Of the code `unrecognized_keys`: fields that there are not. */
  readonly keys?: readonly string[]
}

/** What a field may be called that is repeated: whoever wrote the value could put anything in its place. */
const PLAIN_NAME = /^\w{1,40}$/
const MOST_NAMES = 8

/**
 * The error `code` of an outside value that does not fit its schema: it names the first field that is wrong as `name.list[3].field`; what
 * stands there is not repeated, but for the plain name of a field that there is not.
 */
export function misfit(issues: readonly Issue[], code: ErrorCode, name: string): ZkclearError {
  const issue = issues[0]!
  const steps = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return new ZkclearError(code, messageOf(issue), { path: name + steps.join('') })
}

function messageOf({ code, message, keys = [] }: Issue): string {
  if (code !== 'unrecognized_keys') return message
  const names = keys.map((key) => (PLAIN_NAME.test(key) ? `"${key}"` : 'one that is not repeated here'))
  return `Unrecognized key: ${names.slice(0, MOST_NAMES).join(', ')}`
}
