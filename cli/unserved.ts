import type { QueueEntry } from '../settlement/index.ts'
import type { ServedQueue } from '../venue/index.ts'
import { entryText } from './queue-text.ts'

/** What a run left, for programs and for people: entries, messages by their files, view keys, the venue's own operations. */
export function unservedOf(
  { served, stopped, refusedKeys, refusedMessages, refusedOperations }: ServedQueue,
  entries: readonly QueueEntry[],
  files: readonly string[],
) {
  const messages = refusedMessages.map(({ signed: _, index, ...refusal }) => ({ file: files[index]!, ...refusal }))
  const stop = stopped && { entry: entries[served]!.index, ...stopped }
  return {
    document: { stopped: stop ?? null, refusedMessages: messages, refusedKeys, refusedOperations },
    warnings: [
      ...(stopped === undefined
        ? []
        : [`${entryText(entries[served]!)} is not served (${stopped.reason}): ${stopped.message}`]),
      ...messages.map(({ file, reason, message }) => `${file} is not entered (${reason}): ${message}`),
      ...refusedKeys.map(
        ({ account, reason, message }) => `the view key of account ${account} is not entered (${reason}): ${message}`,
      ),
      ...refusedOperations.map(
        ({ operation: { kind, account }, reason, message }) =>
          `${kind} of account ${account} is left out (${reason}): ${message}`,
      ),
    ],
  }
}
