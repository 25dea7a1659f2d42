import { Option } from 'commander'
import { readTokenFile } from './token-file.ts'

/** Who asks for an act that does not go through the venue's process. */
export interface OperatorTokenOption {
  readonly operatorTokenFile?: string
}

export function operatorTokenOption(): Option {
  return new Option(
    '--operator-token-file <file>',
    'your own token as an operator: who you are; needed where two operators have to agree',
  )
}

/** Throws FILE_UNREADABLE; INPUT_INVALID where others can read it. */
export async function readOperatorToken({ operatorTokenFile: file }: OperatorTokenOption): Promise<string | undefined> {
  return file === undefined ? undefined : await readTokenFile(file)
}

/** What is answered where a first operator asked. */
export const WAITS = {
  document: { isDone: false },
  text: 'noted: it is done when a second operator asks for the same within an hour',
} as const
