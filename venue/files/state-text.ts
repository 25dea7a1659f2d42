import { type Account, hashAccountsAhead } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { parseJson } from '../../protocol/json.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import type { State } from '../../protocol/state.ts'
import { decodeWith } from './schema.ts'
import { encodeHead, encodeListed, invalid, listedAccount, StateBuilder, stateHead } from './state-file.ts'

/** What the first line of a state file ends with, and the last line. */
const OPENING = ',"accounts":['
const CLOSING = ']}'

/** Characters that are handed out together. */
const PART = 1 << 18

/**
 * The text of a state file, in parts, so that a state of a million accounts is written without holding its text: the document
 * of {@link encodeState} with all but the accounts in the first line and then one account a line.
 *
 * @example
 * await writeFile('state.json', stateText(state, 'small'), { mode: 0o600, flush: true })
 */
export function* stateText(state: State, profile: ProfileName): Generator<string> {
  let part = JSON.stringify(encodeHead(state, profile)).slice(0, -1) + OPENING
  let separator = '\n'
  for (const entry of state.accounts.entries()) {
    part += separator + JSON.stringify(encodeListed(entry))
    separator = ',\n'
    if (part.length < PART) continue
    yield part
    part = ''
  }
  yield `${part}\n${CLOSING}\n`
}

/** Accounts whose leaves are worked out together, by another thread while the next are read; and how many such parts at once. */
const TOGETHER = 2048
const PARTS = 2

/** Whether a file whose first line this is can be read line by line by {@link decodeStateLines}. */
export function isStateHead(line: string): boolean {
  return line.endsWith(OPENING)
}

/**
 * The state in a file that {@link stateText} wrote, from its lines, of which only one is held at a time. Throws INPUT_INVALID,
 * naming the field, as {@link decodeState} does.
 */
export async function decodeStateLines(
  lines: AsyncIterable<string> | Iterable<string>,
  profile: ProfileName,
): Promise<State> {
  const hashed: Promise<void>[] = []
  try {
    return await decodeLines(lines, profile, async (accounts) => {
      if (hashed.length === PARTS) await hashed.shift()
      hashed.push(hashAccountsAhead(accounts))
    })
  } finally {
    await Promise.allSettled(hashed)
  }
}

async function decodeLines(
  lines: AsyncIterable<string> | Iterable<string>,
  profile: ProfileName,
  onAccounts: (accounts: readonly Account[]) => Promise<void>,
): Promise<State> {
  let builder: StateBuilder | undefined
  let count = 0
  let some: Account[] = []
  let last: 'open' | 'more' | 'end' | 'closed' = 'open'
  for await (const line of lines) {
    if (builder === undefined) {
      const head = `${line.slice(0, -OPENING.length)}}`
      if (!isStateHead(line)) throw invalid('state', `must begin with a line that ends with ${OPENING}`)
      builder = new StateBuilder(decodeWith(stateHead, parsed(head, 'state'), 'INPUT_INVALID', 'state'), profile)
    } else if (line === CLOSING && (last === 'open' || last === 'end')) {
      last = 'closed'
    } else if (last === 'open' || last === 'more') {
      const path = `state.accounts[${count++}]`
      last = line.endsWith(',') ? 'more' : 'end'
      const json = parsed(last === 'more' ? line.slice(0, -1) : line, path)
      some.push(builder.addListed(decodeWith(listedAccount, json, 'INPUT_INVALID', path)))
      if (some.length < TOGETHER) continue
      await onAccounts(some)
      some = []
    } else {
      throw invalid(`state.accounts[${count}]`, 'is on a line that does not follow from the one before it')
    }
  }
  if (builder === undefined || last !== 'closed')
    throw invalid('state', `ends before the line ${CLOSING}: it is not whole`)
  return builder.finish()
}

function parsed(text: string, path: string): unknown {
  try {
    return parseJson(text)
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ZkclearError('INPUT_INVALID', 'is not JSON', { path })
    throw cause
  }
}
