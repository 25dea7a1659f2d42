import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { SingleBar } from 'cli-progress'
import type { TaskOverrideActionFunction } from 'hardhat/types/tasks'
import { packageRoot } from '../circom/paths.ts'
import { CIRCUITS } from '../circuits/index.ts'
import { type BuiltArtifacts, buildArtifacts } from '../keys/build.ts'
import { readVerifierKey, verifierSources } from '../settlement/verifier-key.ts'

/** Hardhat's build, after the verifiers have been generated from the keys of the small profile. */
const buildWithVerifiers: TaskOverrideActionFunction = async (taskArguments, _hre, runSuper) => {
  const artifacts = await currentArtifacts()
  const sources = await verifierSources(await Promise.all(artifacts.map(readVerifierKey)))
  await writeVerifiers(join(packageRoot(), 'contracts', 'verifiers'), sources)
  return await runSuper(taskArguments)
}

/** Circuits and keys as the sources are now; builds what is missing, which takes a minute or two, and shows how far it is. */
async function currentArtifacts(): Promise<BuiltArtifacts[]> {
  let bar: SingleBar | undefined
  try {
    return await buildArtifacts({
      circuits: Object.values(CIRCUITS),
      profile: 'small',
      onProgress: ({ stage, fraction }) => {
        bar ??= startBar()
        bar.update(fraction, { stage })
      },
    })
  } finally {
    bar?.stop()
  }
}

function startBar(): SingleBar {
  if (!process.stderr.isTTY) console.error('Building circuits and dev keys for the verifiers')
  const bar = new SingleBar({ format: '{bar} {percentage}% {stage}', clearOnComplete: true, noTTYOutput: false })
  bar.start(1, 0, { stage: 'build circuits' })
  return bar
}

/** Makes the folder hold exactly these sources, and leaves alone what is right already. */
async function writeVerifiers(directory: string, sources: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(directory, { recursive: true })
  const wanted = new Map(Object.entries(sources).map(([name, source]) => [`${name}.sol`, source]))
  for (const name of await readdir(directory)) {
    if (!wanted.has(name)) await rm(join(directory, name))
  }
  for (const [name, source] of wanted) {
    const file = join(directory, name)
    if ((await readFile(file, 'utf8').catch(() => '')) !== source) await writeFile(file, source)
  }
}

export default buildWithVerifiers
