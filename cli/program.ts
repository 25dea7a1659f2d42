import { setImmediate } from 'node:timers/promises'
import { Command, CommanderError } from 'commander'
import { ZkclearError } from '../protocol/errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { formatOf } from './format.ts'
import { lasts } from './lasts.ts'
import { packageVersion } from './package-version.ts'
import { isAborted, printOutcome, reportError } from './report.ts'
import { openSession } from './session.ts'
import { UsageError } from './usage-error.ts'
import type { Runner, Verb } from './verb.ts'

/** Every verb, loaded only when it is the one: the libraries behind some take seconds. */
const VERBS: Readonly<Record<string, { summary: string; load: () => Promise<{ verb: Verb }> }>> = {
  build: { summary: 'compile circuits and make their dev keys', load: () => import('./build.ts') },
  prove: { summary: 'prove batches, exits, or that an account has enough margin', load: () => import('./prove.ts') },
  witness: { summary: 'compute witnesses as .wtns files, for any prover', load: () => import('./witness.ts') },
  verify: { summary: 'check a proof against its statement', load: () => import('./verify.ts') },
  export: { summary: "write a circuit's Solidity verifier", load: () => import('./export.ts') },
  simulate: { summary: 'replay order flow into signed batches, ready to prove', load: () => import('./simulate.ts') },
  deploy: { summary: 'deploy verifiers, Settlement and MarginGate to a node', load: () => import('./deploy.ts') },
  'verify-deployment': {
    summary: 'rebuild the contracts of a venue and compare them with those on a chain',
    load: () => import('./verify-deployment.ts'),
  },
  settle: { summary: 'settle proved batches at a Settlement, in order', load: () => import('./settle.ts') },
  account: { summary: "the owner's side: register, deposit, withdraw, claim", load: () => import('./account.ts') },
  venue: {
    summary: "the operator's side: the queue, and cash batches that serve it",
    load: () => import('./venue.ts'),
  },
  liquidate: {
    summary: 'find accounts below maintenance, bid for flagged ones, take the best bid',
    load: () => import('./liquidate.ts'),
  },
  risk: {
    summary: 'risk tables: make, prove and settle the next one, compute the newest from the chain',
    load: () => import('./risk.ts'),
  },
  oracle: {
    summary: "an oracle's side: make keys, sign price reports and serve them",
    load: () => import('./oracle.ts'),
  },
  worker: { summary: 'prove for a venue, on as many machines as it takes', load: () => import('./worker.ts') },
  serve: { summary: 'run a venue: take orders, have them proved, settle them', load: () => import('./serve.ts') },
  keys: {
    summary: 'the keys of a venue that serves: make, rotate, show, forget, erase',
    load: () => import('./keys.ts'),
  },
  backup: { summary: 'a second copy of what a venue cannot go on without', load: () => import('./backup.ts') },
  restore: { summary: 'put a lost venue back from a backup', load: () => import('./restore.ts') },
  token: { summary: 'tokens of workers and operators: make, list, revoke', load: () => import('./token.ts') },
  line: {
    summary: "an operator's side: how batches stand, resume, retry, leave a message out",
    load: () => import('./line.ts'),
  },
  watch: {
    summary: 'look at a venue from outside: solvency, queue, table, settlements, log; and go on',
    load: () => import('./watch.ts'),
  },
  log: { summary: "check a venue's log, and receipts of it", load: () => import('./log.ts') },
  recover: { summary: 'rebuild an account from the chain alone', load: () => import('./recover.ts') },
  freeze: { summary: 'end a venue that does not serve its queue', load: () => import('./freeze.ts') },
  exit: { summary: 'prove, claim and be paid what a frozen venue owes', load: () => import('./exit.ts') },
  inspect: { summary: "show a circuit's size, public inputs and keys", load: () => import('./inspect.ts') },
  audit: {
    summary: 'find signals that a circuit leaves open, or compare it with a model',
    load: () => import('./audit.ts'),
  },
  ceremony: { summary: 'make keys that are fit for public chains, with others', load: () => import('./ceremony.ts') },
}

const HELP_AFTER = `
Run "zkclear <command> --help" for its options and examples.
Exit codes: 0 success, 1 a proof or check is false, 2 bad usage or input, 3 missing or corrupt artefact,
4 a venue's log lies, 70 internal error, 130 interrupted.`

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const format = formatOf(args)
  let code: ExitCode = EXIT.success
  const run: Runner =
    (action) =>
    async (...given) => {
      await using session = await openSession(format)
      const outcome = await action(session, ...given)
      session.endProgress()
      printOutcome(outcome, format)
      await outcome.lasting?.()
      code = outcome.code ?? EXIT.success
    }
  try {
    const program = await buildProgram(args, run)
    refuseOptionsBefore(args)
    refuseUnknownCommand(program, args)
    // Loading never waits: without this, no interrupt would be heard before the command begins.
    await setImmediate()
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.success
    // An interrupt is how it ends, also while it starts.
    if (lasts(args) && isAborted(error)) return EXIT.success
    return reportError(error, format)
  }
}

/** Options of the program itself. */
const OWN_OPTIONS = ['-V', '--version', '-h', '--help']

function refuseOptionsBefore(args: readonly string[]): void {
  const [first] = args
  const verb = args.find((arg) => Object.hasOwn(VERBS, arg))
  if (verb === undefined || !first!.startsWith('-') || OWN_OPTIONS.includes(first!)) return
  const message = `${first} stands before the command; options come after it: zkclear ${verb} ... ${first}`
  throw new ZkclearError('INPUT_INVALID', message)
}

/** An option that is written wrong is not there either: commander would tell of the one that is missing. */
function refuseUnknownOption(command: Command, args: readonly string[]): void {
  const names = args.filter((arg) => arg.startsWith('--') && arg !== '--').map((arg) => arg.split('=')[0]!)
  const stranger = names.find((name) => !command.options.some(({ long }) => long === name))
  // Its types do not have that method, which looks for what is meant.
  if (stranger !== undefined) Object(command).unknownOption(stranger)
}

/** Help and version are shown for commands that exist: commander shows them before it looks at the command's name. */
function refuseUnknownCommand(program: Command, args: readonly string[]): void {
  let command = program
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    if (command.commands.length === 0) return
    const next = command.commands.find((one) => one.name() === name)
    if (next === undefined) {
      throw new UsageError(new CommanderError(1, 'commander.unknownCommand', `unknown command '${name}'`), command)
    }
    command = next
  }
}

async function buildProgram(args: readonly string[], run: Runner): Promise<Command> {
  const [wanted] = args
  const program = new Command('zkclear')
    .description('Proves in zero knowledge that a derivatives venue clears honestly.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', HELP_AFTER)
  for (const [name, { summary, load }] of Object.entries(VERBS)) {
    const command = name === wanted ? (await load()).verb(run) : new Command(name)
    program.addCommand(command.summary(summary))
  }
  program.hook('preAction', (_, command) => {
    const empty = command.options.find((option) => hasEmpty(command.getOptionValue(option.attributeName())))
    if (empty === undefined) return
    const message = 'is empty; leave the option out, or check the variable that its value comes from'
    throw new ZkclearError('INPUT_INVALID', message, { path: empty.long ?? empty.flags })
  })
  for (const command of [program, ...program.commands.flatMap((verb) => [verb, ...verb.commands])]) {
    command
      .exitOverride((error) => {
        if (error.exitCode === 0) throw error
        if (error.code === 'commander.missingMandatoryOptionValue') refuseUnknownOption(command, args)
        throw new UsageError(error, command)
      })
      .helpOption('-h, --help', 'show this help')
      // What is wrong is reported in one place, as text or as JSON.
      .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
  }
  return program
}

/** An empty path would stand for the working directory. */
function hasEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.includes(''))
}
