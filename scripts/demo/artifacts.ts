import { buildArtifacts } from '../../keys/build.ts'
import { type CircuitArtifacts, ifSound, loadArtifacts } from '../../keys/load.ts'
import type { ArtifactSelection } from '../../keys/selection.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import type { Stages } from './progress.ts'

/**
 * The circuits of a venue with their dev keys. Those of the small profile are built where they are missing; others take so long that
 * somebody must have wanted it. Throws ARTIFACT_MISSING.
 */
export async function artifactsOf(
  stages: Stages,
  profile: ProfileName,
  selection: Pick<ArtifactSelection, 'buildDirectory'> = {},
): Promise<readonly CircuitArtifacts[]> {
  if (profile === 'small') {
    return await stages.run('Build circuits and dev keys', (report) =>
      buildArtifacts({
        ...{ ...selection, circuits: DEPLOYED_CIRCUITS, profile },
        onProgress: ({ stage, fraction }) => report(fraction, stage),
      }),
    )
  }
  return await stages.run('Check circuits and dev keys', async (report) => {
    const found: CircuitArtifacts[] = []
    const missing: string[] = []
    for (const [i, circuit] of DEPLOYED_CIRCUITS.entries()) {
      const artifacts = await ifSound(() => loadArtifacts(circuit, profile, selection))
      if (artifacts === undefined) missing.push(circuit.name)
      else found.push(artifacts)
      report((i + 1) / DEPLOYED_CIRCUITS.length)
    }
    if (missing.length === 0) return found
    throw new ZkclearError(
      'ARTIFACT_MISSING',
      `these circuits of the ${profile} profile have no keys that fit their sources: ${missing.join(', ')}. Make them with ` +
        `\`npm run -s zkclear -- build --profile ${profile} --circuit ${missing.join(' ')}\`: the largest takes about seven minutes of ` +
        'processor time, 3 GB of memory and 1.5 GB of disk while it is built; what is interrupted goes on from where it was',
      { details: { profile, missing } },
    )
  })
}
