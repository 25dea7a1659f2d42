import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../circom/paths.ts'
import { CIRCUITS, marginSufficiency } from '../../circuits/index.ts'
import { jsonText } from '../../cli/json-text.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { createProver } from '../../prover/create-prover.ts'
import { proofDocument } from '../../verifier/proof-document.ts'
import { type Spread, spread } from './spread.ts'

/** One whole process, from its start to its end. */
export interface ProcessTimes {
  readonly wall: Spread
  readonly cpu: Spread
  readonly peakBytes: number
}

/** By what is started; `before` is the same of an earlier version, where there was one to measure. */
export type StartupTimes = Readonly<Record<string, { readonly now: ProcessTimes; readonly before?: ProcessTimes }>>

/** Says at a process's end what it took, on a pipe of its own. Peak memory as in process-usage.ts. */
const REPORT = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeFileSync } from 'node:fs'
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    let peak = process.resourceUsage().maxRSS
    try { peak = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) } catch {}
    writeFileSync(3, JSON.stringify({ cpu: (user + system) / 1000, peakBytes: peak * 1024 }))
  })`)}`

/**
 * Whole processes of the compiled package, in turn with those of an earlier one (a checkout that was built) if there is one.
 * Throws INPUT_INVALID for a folder without dist/.
 */
export async function measureStartup(options: {
  runs: number
  against?: string | undefined
  report: (fraction: number) => void
}): Promise<StartupTimes> {
  const { runs, against, report } = options
  const roots = [packageRoot(), ...(against === undefined ? [] : [resolve(against)])]
  const unbuilt = roots.find((root) => !existsSync(join(root, 'dist', 'cli', 'main.js')))
  if (unbuilt !== undefined)
    throw new ZkclearError('INPUT_INVALID', `${unbuilt} is not built: run \`npm run build\` there`)
  const folder = await mkdtemp(join(tmpdir(), 'zkclear-startup-'))
  try {
    const cases = await commands(folder)
    const times: Record<string, { now: ProcessTimes; before?: ProcessTimes }> = {}
    for (const [index, [name, command]] of Object.entries(cases).entries()) {
      const samples = roots.map((): Sample[] => [])
      for (let run = 0; run < runs; run++) {
        for (const [i, root] of roots.entries()) samples[i]!.push(await runProcess(command(root)))
        report((index + (run + 1) / runs) / Object.keys(cases).length)
      }
      const [now, before] = samples.map(summary)
      times[name] = { now: now!, ...(before && { before }) }
    }
    return times
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Command = (root: string) => readonly string[]

/** The processes, with a proof and its key for the last. */
async function commands(folder: string): Promise<Record<string, Command>> {
  const { files } = await loadArtifacts(marginSufficiency, 'small')
  const { statement, witness } = marginSufficiency.example('small')
  await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'], definitions: CIRCUITS })
  const proved = await prover.prove('margin-sufficiency', statement, witness)
  const proof = join(folder, 'proof.json')
  await writeFile(proof, jsonText(proofDocument(proved, 'small')))
  const main = (root: string) => join(root, 'dist', 'cli', 'main.js')
  const loading = (file: string) => (root: string) => {
    const url = pathToFileURL(join(root, 'dist', file)).href
    return ['--input-type=module', '--eval', `import ${JSON.stringify(url)}`]
  }
  return {
    'node, nothing': () => ['--eval', '0'],
    "import 'zkclear/protocol'": loading('protocol/index.js'),
    "import 'zkclear'": loading('index.js'),
    'zkclear --help': (root) => [main(root), '--help'],
    'zkclear verify': (root) => [main(root), 'verify', 'margin-sufficiency', '--proof', proof, '--vkey', files.vkey],
  }
}

export interface Sample {
  readonly wall: number
  readonly cpu: number
  readonly peakBytes: number
}

/** Runs node to its end. Throws if it does not end well. */
export async function runProcess(args: readonly string[]): Promise<Sample> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', REPORT, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number>((resolve) => child.on('close', () => resolve(performance.now())))
  const [report, errors] = await Promise.all([text(child.stdio[3] as NodeJS.ReadableStream), text(child.stderr!)])
  const wall = (await ended) - started
  if (child.exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${child.exitCode}: ${errors}`)
  return { wall, ...(JSON.parse(report) as Omit<Sample, 'wall'>) }
}

function summary(samples: readonly Sample[]): ProcessTimes {
  return {
    wall: spread(samples.map(({ wall }) => wall)),
    cpu: spread(samples.map(({ cpu }) => cpu)),
    peakBytes: Math.max(...samples.map(({ peakBytes }) => peakBytes)),
  }
}
