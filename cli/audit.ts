import { type Command, Option } from 'commander'
import { POLICIES } from '../audit/output/policy.ts'
import { CIRCUIT_NAMES } from '../circuits/index.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type AgainstOptions, addAgainstOptions, auditAgainst } from './audit-against.ts'
import { type AuditCircuitOptions, auditCircuit } from './audit-circuit.ts'
import { auditEquivalence } from './audit-equivalence.ts'
import { auditVerificationKey } from './audit-vkey.ts'
import { integerOption, profileOption } from './options.ts'
import { newVerb, type Verb } from './verb.ts'

interface AuditVerbOptions extends AuditCircuitOptions, Omit<AgainstOptions, 'against'> {
  readonly against?: string
  readonly equivalence?: boolean
  readonly vkey?: string
  readonly simplified?: string
}

export const verb: Verb = (run) =>
  addAuditOptions(
    newVerb(
      'audit',
      'Asks of every signal of a circuit whether the inputs determine it: PROVEN, FORGED (with two witnesses), UNUSED or ' +
        'UNKNOWN, and of every comparison and range check whether it holds for all numbers that the constraints accept: RANGE. ' +
        'With --against, runs the circuit against a model at the ends of its ranges instead; with --equivalence, checks that ' +
        'the compiler kept its meaning when it simplified; with --vkey, vets a verification key.',
      [
        'zkclear audit margin-sufficiency --all',
        'zkclear audit circuit.circom --signal main.root --json',
        'zkclear audit circuit.r1cs --sym circuit.sym --policy forged',
        'zkclear audit circuit.circom --all --baseline audit.baseline --format sarif --output audit.sarif',
        'zkclear audit circuit.circom --all --changed --html audit.html',
        'zkclear audit circuit.circom --against model.mjs',
        'zkclear audit circuit.circom --equivalence',
        'zkclear audit circuit.circom --shipped build/circuit.r1cs',
        'zkclear audit --vkey Verifier.sol',
      ],
    ).argument('[circuit]', `${CIRCUIT_NAMES.join(', ')}, a .circom file, or a .r1cs file`),
  ).action(
    run((session, target: string | undefined, { against, vkey, ...options }: AuditVerbOptions) => {
      if (vkey !== undefined) return auditVerificationKey(vkey)
      if (target === undefined) {
        const message = 'is missing: name a circuit to audit, or a verification key with --vkey'
        throw new ZkclearError('INPUT_INVALID', message, { path: '<circuit>' })
      }
      if (options.equivalence) return auditEquivalence(session, target, options)
      if (against !== undefined) return auditAgainst(session, target, { ...options, against })
      return auditCircuit(session, target, options)
    }),
  )

function addAuditOptions(command: Command): Command {
  command
    .addOption(profileOption())
    .option('--sym <file>', 'names of the signals of a .r1cs file (default: the .sym file beside it)')
    .addOption(
      ofCircuits(
        '--shipped <what>',
        'audit what ships by its source: O1, O2, or the .r1cs file that was compiled from it',
      ),
    )
    .addOption(
      new Option('--signal <name...>', 'signals to decide (default: outputs, or all if there are none)').conflicts(
        'all',
      ),
    )
    .option('--all', 'decide every signal')
    .addOption(
      new Option(
        '--equivalence',
        'check what the compiler simplified (-O1, -O2) against the circuit as it is written',
      ).conflicts(['against', 'signal', 'all']),
    )
    .addOption(
      new Option(
        '--vkey <file>',
        'vet a verification key (JSON) or the source of a Solidity verifier, without a circuit',
      ).conflicts(['against', 'signal', 'all', 'equivalence']),
    )
    .option('--simplified <file>', 'with --equivalence of a .r1cs file: the simplified one')
    .addOption(
      new Option(
        '--policy <verdict>',
        'the least that ends with 1: FORGED, RANGE as well, or anything that is not PROVEN',
      )
        .choices(POLICIES)
        .default('unknown'),
    )
    .addOption(limit('--timeout <seconds>', 'time for the whole audit, compiling included', 86_400n, 300n))
    .addOption(limit('--max-memory <megabytes>', 'resident memory at which proving stops', 1_048_576n, 4096n))
    .addOption(limit('--effort <times>', 'times the usual work of the search for forgeries', 10_000n, 1n))
    .addOption(limit('--seed <number>', 'the same seed makes the same search', 2n ** 53n - 1n, 1n))
    .option('--witnesses <folder>', 'where the witnesses of forgeries and ranges go', 'forged')
    .addOption(
      ofCircuits('--format <name>', 'how the report is written')
        .choices(['text', 'json', 'sarif', 'junit'])
        .default('text'),
    )
    .addOption(ofCircuits('-o, --output <file>', 'where the report goes (default: standard output)'))
    .addOption(ofCircuits('--html <file>', 'write the report as a page as well, with what hangs together'))
    .addOption(ofCircuits('--baseline <file>', 'findings that are known, each with a reason: they do not fail'))
    .addOption(ofCircuits('--write-baseline', 'write all findings into the baseline, and keep the reasons in it'))
    .addOption(
      ofCircuits('--changed', 'use the result of before if neither constraints, options nor the audit changed'),
    )
    .addOption(ofCircuits('--cache <file>', 'where --changed keeps results').default('.zkclear-audit.json'))
  return addAgainstOptions(command)
}

/** An option of the audit of signals alone. */
function ofCircuits(flags: string, description: string): Option {
  return new Option(flags, description).conflicts(['against', 'equivalence', 'vkey'])
}

function limit(flags: string, description: string, high: bigint, otherwise: bigint): Option {
  return integerOption(flags, description, { low: 1n, high, otherwise })
}
