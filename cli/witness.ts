import type { CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { CircuitDefinition, Progress } from '../circuits/types.ts'
import { type MadeWitness, openWitnessMaker } from '../prover/witness-maker.ts'
import { addCircuitOptions, CIRCUIT_HELP, type CircuitOptions, parseCircuit } from './options.ts'
import { outputsFor } from './outputs-for.ts'
import { readJobs } from './prove-jobs.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface WitnessOptions extends CircuitOptions {
  readonly input: readonly string[]
  readonly out: string
}

/** What is reported of each witness: nothing of what is in it. */
interface Witness extends Omit<MadeWitness, 'file' | 'publicSignals'> {
  readonly input: string
  readonly out: string
  readonly statement: unknown
  readonly warnings: readonly string[]
}

const DESCRIPTION = `Computes the witness of what "zkclear prove" would prove, and writes it as a .wtns file, which any Groth16, PLONK or
FFLONK prover of circom's takes. Keys are not needed. The circuit's own program computes it where the native prover runs,
circom's calculator elsewhere; both give the same. A witness holds what a proof hides: only you can read the file.`

export const verb: Verb = (run) =>
  addCircuitOptions(
    newVerb('witness', DESCRIPTION, [
      'zkclear witness trade-batch --input run/batches/000001.json --out witness.wtns',
      'zkclear witness trade-batch --input run/batches/*.json --out witnesses/',
      'zkclear witness margin-sufficiency --input request.json --out witness.wtns --json',
    ]).argument('<circuit>', CIRCUIT_HELP, parseCircuit),
  )
    .requiredOption('--input <file...>', 'the files that "zkclear prove" takes for the circuit')
    .requiredOption('--out <path>', "the witness's file; for several inputs, or if it ends in a slash, a directory")
    .action(
      run(async ({ signal, log, onProgress, warn }, name: CircuitName, options: WitnessOptions) => {
        const { input, profile } = options
        const outputs = await outputsFor(input, options.out, { extension: 'wtns', isPrivate: true })
        const witnesses: Witness[] = []
        const warnings: string[] = []
        const onWarning = (message: string) => {
          warnings.push(message)
          warn(input.length === 1 ? message : `${outputs[witnesses.length]?.input}: ${message}`)
        }
        const definition: CircuitDefinition = requireCircuit(name)
        const [first, ...rest] = outputs
        // Opened before the witness is made: a path that cannot be written shows at once.
        let file = await first!.open()
        try {
          const jobs = await readJobs(name, input, profile, (_, message) => onWarning(message))
          await using maker = await openWitnessMaker(definition, { ...options, signal, onProgress, onWarning })
          const overall = ({ stage, fraction }: Progress) =>
            onProgress({ stage, fraction: (witnesses.length + fraction) / input.length })
          for await (const job of jobs) {
            const { input, path: out } = outputs[witnesses.length]!
            const { file: content, publicSignals: _, ...made } = await maker.make(job, { signal, onProgress: overall })
            await file.commit(content)
            log.info({ out, milliseconds: made.milliseconds }, 'computed')
            witnesses.push({ input, out, statement: job.statement, ...made, warnings: warnings.splice(0) })
            file = (await rest.shift()?.open()) ?? file
          }
        } finally {
          await file[Symbol.asyncDispose]()
        }
        const table = tableText(
          ['input', 'witness', 'wires', 'ms', 'computed by'],
          witnesses.map(({ input, out, wires, milliseconds, generator }) => [
            ...[input, out, wires, Math.round(milliseconds)],
            generator.name === 'own'
              ? `own program, path ${generator.path}`
              : `circom's calculator: ${generator.reason}`,
          ]),
        )
        return { document: { circuit: name, profile, witnesses }, text: table }
      }),
    )
