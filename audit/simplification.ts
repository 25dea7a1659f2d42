import { join } from 'node:path'
import { compileCircuit } from '../circom/compile.ts'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { compareSystems, type Simplification, type SystemFiles } from '../circom/simplification.ts'
import type { Progress } from '../circuits/types.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { SubjectOptions } from './boundary-subject.ts'
import { withCircomFile } from './circom-file.ts'
import { inTemporaryDirectory } from './temporary-directory.ts'

/** The levels at which circom simplifies. */
const SIMPLIFYING = ['O1', 'O2'] as const

/** What simplification did to a circuit at a level. */
export interface LevelCheck extends Simplification {
  readonly level: (typeof SIMPLIFYING)[number]
}

export interface SimplificationOptions extends SubjectOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/**
 * Compares what circom makes of a .circom file at -O1 and at -O2 with the file as it is written (-O0). Throws as
 * `openAuditSubject` does.
 */
export function checkFileSimplification(path: string, options: SimplificationOptions = {}): Promise<LevelCheck[]> {
  return withCircomFile(path, options, (file) => checkLevels({ ...file, profile: 'small', ...options }))
}

/** The same for a circuit that is given by its definition. */
export function checkDefinedSimplification(
  definition: CompilableCircuit,
  profile: ProfileName,
  options: Pick<SimplificationOptions, 'signal' | 'onProgress'> = {},
): Promise<LevelCheck[]> {
  return inTemporaryDirectory((directory) => checkLevels({ definition, profile, directory, ...options }))
}

interface LevelOptions extends Pick<SimplificationOptions, 'signal' | 'onProgress'> {
  readonly definition: CompilableCircuit
  readonly profile: ProfileName
  readonly sourceRoots?: readonly string[]
  readonly directory: string
}

async function checkLevels({ definition, profile, sourceRoots, directory, signal, onProgress }: LevelOptions) {
  const steps = 1 + 2 * SIMPLIFYING.length
  let done = 0
  const step = async <T>(stage: string, run: (onPart: (progress: Progress) => void) => Promise<T>) => {
    const onPart = ({ fraction }: { fraction: number }) => onProgress?.({ stage, fraction: (done + fraction) / steps })
    onPart({ fraction: 0 })
    const result = await run(onPart)
    done++
    return result
  }
  const compile = (optimization: 'O0' | LevelCheck['level']): Promise<SystemFiles> =>
    step(`compile with -${optimization}`, async (onPart) => {
      const { files } = await compileCircuit({
        ...{ definition, profile, optimization, inspect: false, generator: false, signal, onProgress: onPart },
        ...(sourceRoots && { sourceRoots: [...sourceRoots] }),
        directory: join(directory, optimization),
      })
      return files
    })
  const full = await compile('O0')
  const checks: LevelCheck[] = []
  for (const level of SIMPLIFYING) {
    const simplified = await compile(level)
    const compared = await step(`compare with -${level}`, () => compareSystems({ full, simplified }, { signal }))
    checks.push({ level, ...compared })
  }
  return checks
}
