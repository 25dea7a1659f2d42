import { chmod, writeFile } from 'node:fs/promises'
import process from 'node:process'
import type { Machine } from './enclave-answer.ts'
import { NAMES, type nitro } from './nitro.ts'

const ANSWER = new URL('./enclave-answer.ts', import.meta.url).href

/** Writes a program to `file` (.mjs) that answers with documents of that machine; `pcr0`, hex: of another image than the policy's. */
export async function enclaveProgram(
  file: string,
  { keys, now, chain }: ReturnType<typeof nitro>,
  { pcr0 }: Pick<Machine, 'pcr0'> = {},
): Promise<string> {
  const pems = NAMES.map((name) => [name, keys[name].export({ format: 'pem', type: 'pkcs8' })])
  const machine: Machine = { now, first: chain[0]!.toString('base64'), keys: Object.fromEntries(pems), pcr0 }
  const lines = [
    `#!${process.execPath} --disable-warning=ExperimentalWarning`,
    `import { answerRequest } from '${ANSWER}'`,
    `await answerRequest(${JSON.stringify(machine)})`,
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  await chmod(file, 0o700)
  return file
}
