import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../../circom/paths.ts'
import { ZkclearError } from '../../protocol/errors.ts'

/** What `npm run demo` is asked for. */
export interface DemoOptions {
  /** Folder of the report. */
  readonly out: string
  readonly quick: boolean
  readonly profile: string
  readonly serve: boolean
}

const ALLOWED = 'the options are --serve, --quick, --profile <name> and --out <folder>'

/** Throws INPUT_INVALID, with the options that there are. */
export function demoOptions(args: readonly string[]): DemoOptions {
  try {
    return parseArgs({
      args: [...args],
      options: {
        out: { type: 'string', default: join(packageRoot(), 'demo-output') },
        quick: { type: 'boolean', default: false },
        profile: { type: 'string', default: 'small' },
        serve: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    const [said] = (cause as Error).message.split(/[.\n]/)
    throw new ZkclearError('INPUT_INVALID', `${said}; ${ALLOWED}`, { cause })
  }
}
