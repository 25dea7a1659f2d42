import process from 'node:process'
import { contribute } from '../keys/ceremony/index.ts'
import { addDirectoryOption, type DirectoryOption } from './ceremony-options.ts'
import { roundOutcome } from './ceremony-round.ts'
import { readText } from './read-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface ContributeOptions extends DirectoryOption {
  readonly name: string
  readonly attestation?: string
  readonly entropy?: string
}

const DESCRIPTION = `Contributes a fresh secret to every circuit and adds the result as the next round. The secrets come from the operating
system's generator, live in a child process and end with it; text of yours can be mixed in, and is never stored.
The folder of the last round is all that is needed; hand the new folder on.`

export const contributeCommand: Verb = (run) =>
  addDirectoryOption(
    newVerb('contribute', DESCRIPTION, [
      'zkclear ceremony contribute --dir ceremony --name "A. Contributor" --attestation "Laptop bought for this, wiped afterwards."',
      'zkclear ceremony contribute --dir ceremony --name "A. Contributor" --entropy -',
    ]),
  )
    .requiredOption('--name <name>', 'who you are: one line, public')
    .option('--attestation <text>', 'what you attest about how you did it, public')
    .option('--entropy <file>', 'file with text to mix in, at most 4,000 characters; "-" reads what you type')
    .action(
      run(async ({ signal, onProgress }, { dir, name, attestation, entropy }: ContributeOptions) => {
        const typed = entropy === undefined ? undefined : await readEntropy(entropy)
        const round = await contribute({ directory: dir, name, attestation, entropy: typed, signal, onProgress })
        return roundOutcome(
          round,
          `Next: publish the digest and your contributions' hashes, and hand ${round.path} on.`,
        )
      }),
    )

function readEntropy(file: string): Promise<string> {
  if (file !== '-') return readText(file, 'secret')
  if (process.stdin.isTTY) process.stderr.write('Type anything, at random, and end with Enter and Ctrl-D:\n')
  return readText('/dev/stdin', 'secret')
}
