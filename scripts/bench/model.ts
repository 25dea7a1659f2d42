/**
 * Measures the model: hashes and signatures by what computes them, a stream of signed messages through the batch builder, and
 * a state of many accounts, made, written and read. Prints tables.
 *
 *   node scripts/bench/model.ts [accounts] [lines of the stream]     default 1000000 and 2400
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { readState } from '../../cli/venue-files.ts'
import { stateRoot } from '../../protocol/state.ts'
import { loadAddon } from '../../prover/native/addon.ts'
import { stateText } from '../../venue/index.ts'
import { bytes, number, seconds, table } from './markdown.ts'
import { measureOperations, measureSignatures } from './model/operations.ts'
import { largeState, measureStream } from './model/venue.ts'
import { spread } from './spread.ts'
import { runProcess, type Sample } from './startup.ts'

const [task, ...rest] = process.argv.slice(2)
const own = fileURLToPath(import.meta.url)

if (task === 'make') {
  const state = largeState(Number(rest[0]))
  stateRoot(state)
  await writeFile(rest[1]!, stateText(state, 'standard'), { mode: 0o600, flush: true })
} else if (task === 'load') {
  await readState(rest[0]!, 'standard')
} else {
  await report(Number(task ?? 1_000_000), Number(rest[0] ?? 2400))
}

async function report(accounts: number, lines: number): Promise<void> {
  const operations = await measureOperations(loadAddon()?.paths() ?? [])
  const names = Object.keys(operations)
  const rows = Object.keys(operations['plain integers']!)
  const cell = (value: number | undefined) =>
    value === undefined ? '' : value < 10 ? value.toFixed(1) : number(Math.round(value))
  console.log(
    table(
      ['microseconds of CPU', ...names],
      rows.map((row) => [row, ...names.map((name) => cell(operations[name]![row]))]),
    ),
  )
  for (const [name, value] of Object.entries(measureSignatures())) console.log(`${name}: ${cell(value)} us of CPU`)

  const { messages, batches, cut, words } = measureStream(lines)
  const each = (milliseconds: number) =>
    `${cell((1000 * milliseconds) / messages)} us a message, ${number(Math.round((1000 * messages) / milliseconds))} a second of one core`
  console.log(`\n${number(messages)} signed messages in ${number(batches)} standard batches`)
  console.log(`checked and cut into batches: ${each(cut)}\nwith the words of the batches: ${each(cut + words)}\n`)

  const folder = await mkdtemp(join(tmpdir(), 'zkclear-model-'))
  try {
    const file = join(folder, 'state.json')
    const runs: [string, Sample][] = [
      ['genesis with its root, and written', await runProcess([own, 'make', String(accounts), file])],
      ['read', await runProcess([own, 'load', file])],
    ]
    console.log(`A state of ${number(accounts)} accounts, ${bytes((await stat(file)).size)}:\n`)
    const columns = ({ cpu, wall, peakBytes }: Sample) => [
      seconds(spread([cpu])),
      seconds(spread([wall])),
      bytes(peakBytes),
    ]
    console.log(
      table(
        ['', 'CPU', 'wall', 'peak memory'],
        runs.map(([name, sample]) => [name, ...columns(sample)]),
      ),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
