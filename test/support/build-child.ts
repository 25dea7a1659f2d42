// Builds the toy circuit `signed` into argv[2]; prints each step of progress, and at the end the sums of the files. At the
// argv[3]-th step it kills itself, so that nothing can clean up; without a number it gets to its end.
import { writeSync } from 'node:fs'
import process from 'node:process'
import { buildArtifacts } from '../../keys/build.ts'
import { signed, TOY_SOURCES } from './circuits/index.ts'

const [buildDirectory, last] = process.argv.slice(2)
let steps = 0
const [built] = await buildArtifacts({
  ...{ circuits: [signed], profile: 'small', buildDirectory, sourceRoots: TOY_SOURCES, threads: 1 },
  onProgress({ stage, fraction }) {
    writeSync(1, `${stage.replace(' signed', '')}: ${fraction}\n`)
    if (++steps === Number(last)) process.kill(process.pid, 'SIGKILL')
  },
})
writeSync(1, `${JSON.stringify(built!.manifest.files)}\n`)
