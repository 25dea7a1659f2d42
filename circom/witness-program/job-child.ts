// Compiles a witness program in a process of its own, so that it can be killed and its memory goes back at once. argv[2] is a
// ProgramJob as JSON, argv[3] the number of the parent; what came of it is sent there.

import { writeFile } from 'node:fs/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import { endWithParent } from '../end-with-parent.ts'
import { readR1cs } from '../r1cs.ts'
import { readSymbols } from '../symbols.ts'
import { compileProgram } from './compile.ts'
import type { ProgramJob, ProgramMessage, ProgramOutcome } from './job.ts'
import { programFile } from './program-file.ts'

const job: ProgramJob = JSON.parse(process.argv[2]!)

async function compile(): Promise<ProgramOutcome> {
  const [written, shipped] = [await readR1cs(job.written.r1cs), await readR1cs(job.shipped.r1cs)]
  const compiled = compileProgram(written, shipped, await readSymbols(job.written.sym))
  if ('missing' in compiled) return { missing: compiled.missing, count: compiled.missingCount }
  await writeFile(job.program, programFile(compiled.program))
  return { presumesAudit: compiled.presumesAudit }
}

/** Errors that are the files' fault keep their code. */
async function outcome(): Promise<ProgramMessage> {
  try {
    return { outcome: await compile() }
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    return { error: { code: error.code, message: error.message } }
  }
}

endWithParent(Number(process.argv[3]))
process.send!(await outcome(), () => process.disconnect())
