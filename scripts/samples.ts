/**
 * Writes samples/: a made-up venue and a piece of its order flow, from fixed seeds. `--check` writes nothing and fails if a
 * file is not what the generator writes.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import process from 'node:process'
import { generateSample, SAMPLE_FILES, sampleFile } from './demo/sample.ts'

const wanted = generateSample()
for (const name of SAMPLE_FILES) {
  const file = sampleFile(name)
  if (process.argv.includes('--check')) {
    if ((await readFile(file, 'utf8').catch(() => undefined)) === wanted[name]) continue
    console.error(`samples/${name} is not what the generator writes; run \`node scripts/samples.ts\``)
    process.exitCode = 1
  } else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, wanted[name])
  }
}
