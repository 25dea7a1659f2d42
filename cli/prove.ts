import { type CircuitName, requireProofSystem } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { type BackendInUse, createProver, type ManyProgress } from '../prover/index.ts'
import { describeBackend } from '../prover/select-backend.ts'
import { proofDocument } from '../verifier/proof-document.ts'
import { jsonText } from './json-text.ts'
import {
  type ArtifactOptions,
  addArtifactOptions,
  CIRCUIT_HELP,
  integerBetween,
  type ProofSystemOptions,
  parseCircuit,
  proofSystemOption,
} from './options.ts'
import { outputsFor } from './outputs-for.ts'
import { readJobs } from './prove-jobs.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface ProveOptions extends ArtifactOptions, ProofSystemOptions {
  readonly input: readonly string[]
  readonly out: string
  readonly atOnce?: bigint
  readonly threads?: bigint
}

/** What is reported of each proof. */
interface Proof {
  readonly input: string
  readonly out: string
  readonly statement: unknown
  readonly timings: Record<string, number>
  readonly warnings: readonly string[]
}

const DESCRIPTION = `Proves trade batches that "zkclear simulate" wrote, cash batches, takeovers, deleveragings, what an account of a
venue that has ended is owed, that an account has enough margin, or between which bounds it wins or loses under each
scenario. Of the last two, only what they say becomes public: not the account, its positions or its secret, which is read
from a file or the environment that the request names. Every proof is verified before it is written. Several are made at
once where the cores and half of the free memory allow it, and written in the order of their inputs; what had the name of
a proof's file is replaced.`

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb('prove', DESCRIPTION, [
      'zkclear prove trade-batch --input run/batches/000001.json --out proof.json',
      'zkclear prove trade-batch --input run/batches/*.json --out proofs/',
      'zkclear prove cash-batch --input batch.json --out proof.json',
      'zkclear prove takeover --input takeover.json --out proof.json',
      'zkclear prove deleverage --input deleverage.json --out proof.json',
      'zkclear prove exit --input exit.json --out proof.json',
      'zkclear prove margin-sufficiency --input request.json --out proof.json',
      'zkclear prove portfolio-exposure --input request.json --out proof.json',
      'zkclear prove margin-sufficiency --proof-system fflonk --input request.json --out proof.json',
    ]).argument('<circuit>', CIRCUIT_HELP, parseCircuit),
  )
    .requiredOption(
      '--input <file...>',
      'files of batches, takeovers, deleveragings or exits, margin or exposure requests',
    )
    .requiredOption('--out <path>', "the proof's file; for several inputs, or if it ends in a slash, a directory")
    .option(
      '--at-once <n>',
      'proofs made at once (default: what keeps all cores at work and fits into half of the free memory; 1 with snarkjs)',
      integerBetween('--at-once', 1n, 1024n),
    )
    .option(
      '--threads <n>',
      'threads of each proof, native prover only (default: the cores, shared by the proofs made at once)',
      integerBetween('--threads', 1n, 256n),
    )
    .addOption(proofSystemOption())
    .action(
      run(async ({ signal, log, onProgress, warn }, name: CircuitName, options: ProveOptions) => {
        const { input, profile, proofSystem } = options
        requireProofSystem(requireCircuit(name), proofSystem)
        const outputs = await outputsFor(input, options.out, { extension: 'proof.json' })
        const proofs: Proof[] = []
        const warnings = new Map<string, string[]>()
        const onWarning = (file: string, message: string) => {
          warnings.set(file, [...(warnings.get(file) ?? []), message])
          warn(input.length === 1 ? message : `${file}: ${message}`)
        }
        let backend: BackendInUse | undefined
        // Opened before the proof is made: a path that cannot be written shows at once.
        let file = await outputs[0]!.open()
        try {
          const jobs = await readJobs(name, input, profile, onWarning)
          await using prover = await createProver({ ...options, circuits: [name], signal, onProgress, onWarning: warn })
          backend = prover.backend
          const many = {
            signal,
            onProgress: ({ proved }: ManyProgress) => onProgress({ stage: 'prove', fraction: proved / input.length }),
            atOnce: options.atOnce === undefined ? undefined : Number(options.atOnce),
            threads: options.threads === undefined ? undefined : Number(options.threads),
          }
          for await (const proved of prover.proveMany(jobs, many)) {
            const { path: out, input } = outputs[proofs.length]!
            await file.commit(jsonText(proofDocument(proved, profile)))
            log.info({ out, ...proved.timings }, 'proved')
            const { statement, timings } = proved
            proofs.push({ input, out, statement, timings, warnings: warnings.get(input) ?? [] })
            file = (await outputs[proofs.length]?.open()) ?? file
          }
        } finally {
          await file[Symbol.asyncDispose]()
        }
        const table = tableText(
          ['input', 'proof', 'witness ms', 'prove ms', 'verify ms'],
          proofs.map(({ input, out, timings }) => [input, out, ...Object.values(timings).map(Math.round)]),
        )
        return {
          document: { circuit: name, profile, proofSystem, backend, proofs },
          text: `${table}\n${describeBackend(backend!)}`,
        }
      }),
    )
