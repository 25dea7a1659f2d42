import type { CompilableCircuit } from '../../circom/main-component.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { soliditySource, verifierContractName } from '../../verifier/solidity.ts'
import { publishCeremonyKey } from '../ceremony-key.ts'
import type { CircuitArtifacts } from '../load.ts'
import { openLastRound } from './directory.ts'
import { contributionCount, isComplete, transcriptDigest, transcriptText } from './transcript.ts'
import { type VerifiedCeremony, type VerifyCeremonyOptions, verifyCeremony } from './verify.ts'

export interface ExportedCeremony extends VerifiedCeremony {
  /** The circuits with the ceremony's keys, where `loadArtifacts` finds them by the digest. */
  readonly artifacts: readonly CircuitArtifacts[]
  /** Source of each verifier contract by its name. */
  readonly verifiers: Readonly<Record<string, string>>
}

/**
 * Verifies a ceremony and puts its keys into the build directory, to be used on any chain: `loadArtifacts` and all that take
 * its options find them by `ceremony: digest`. Also writes the verifier contracts' sources. What is there already stays. Throws
 * as `verifyCeremony` does; KEY_UNSAFE before anybody contributed, INPUT_INVALID before the beacon.
 */
export async function exportCeremony(options: VerifyCeremonyOptions): Promise<ExportedCeremony> {
  const { transcript: last } = await openLastRound(options.directory)
  if (contributionCount(last) === 0) {
    const message = 'nobody contributed to this ceremony: anybody could forge proofs under its keys'
    throw new ZkclearError('KEY_UNSAFE', message, { path: options.directory })
  }
  if (!isComplete(last)) {
    const message = 'has no beacon yet; apply it with "zkclear ceremony beacon" when all have contributed'
    throw new ZkclearError('INPUT_INVALID', message, { path: options.directory })
  }
  const verified = await verifyCeremony(options)
  const { digest, contributions, transcript } = verified
  if (digest !== transcriptDigest(last)) {
    throw new ZkclearError('CEREMONY_INVALID', 'changed while it was verified', { path: options.directory })
  }
  const ceremony = { digest, contributions }
  const verifiers: Record<string, string> = {}
  const artifacts: CircuitArtifacts[] = []
  for (const { compiled, key, verificationKey } of verified.circuits) {
    const definition: CompilableCircuit = options.definitions[compiled.circuit]!
    const published = await publishCeremonyKey(
      definition,
      compiled,
      {
        ceremony,
        transcript: transcriptText(transcript),
        zkey: key,
        vkey: verificationKey!,
      },
      options,
    )
    artifacts.push(published)
    const { sha256 } = published.manifest.files['vkey.json']
    verifiers[verifierContractName(definition)] = await soliditySource(definition, JSON.parse(verificationKey!), {
      digest: sha256,
      setup: 'ceremony',
      ceremony,
    })
  }
  return { ...verified, artifacts, verifiers }
}
