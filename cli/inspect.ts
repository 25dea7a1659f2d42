import { requireCircuit } from '../circuits/registry.ts'
import { loadArtifacts } from '../keys/load.ts'
import { chooseBackend, describeBackend } from '../prover/select-backend.ts'
import {
  type ArtifactOptions,
  addArtifactOptions,
  CIRCUIT_HELP,
  type ProofSystemOptions,
  parseCircuit,
  proofSystemOption,
} from './options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb(
      'inspect',
      'Shows how large a circuit is, its public inputs in order, and the files that were built for it.',
      ['zkclear inspect trade-batch', 'zkclear inspect margin-sufficiency --profile small --json'],
    ).argument('<circuit>', CIRCUIT_HELP, parseCircuit),
  )
    .addOption(proofSystemOption())
    .action(
      run(async (session, name: ReturnType<typeof parseCircuit>, options: ArtifactOptions & ProofSystemOptions) => {
        const { template, claim } = requireCircuit(name)
        const { directory, manifest } = await loadArtifacts(requireCircuit(name), options.profile, options)
        session.log.info({ directory }, 'artifacts are sound')
        const backend = await chooseBackend(options.proofSystem, { build: false })
        const { circuit: _, ...facts } = manifest
        const document = { circuit: name, template, claim, directory, ...facts, backend }
        const { constraints, signals, publicInputs, proofSystem } = manifest
        const sizes = tableText(
          ['profile', 'proof system', 'linear', 'non-linear', 'constraints', 'signals', 'keys'],
          [
            [
              options.profile,
              proofSystem,
              constraints.linear,
              constraints.nonLinear,
              constraints.total,
              signals,
              manifest.setup,
            ],
          ],
        )
        const files = tableText(
          ['file', 'bytes', 'sha256'],
          Object.entries(manifest.files).map(([file, { bytes, sha256 }]) => [file, bytes, sha256]),
        )
        const inputs = `Public inputs, in order: ${publicInputs.join(', ')}`
        const text = `${name}: ${claim}\n\n${sizes}\n${inputs}\n\n${directory}\n${files}\n\n${describeBackend(backend)}`
        return { document, text }
      }),
    )
