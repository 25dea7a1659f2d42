import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { packageRoot } from '../../circom/paths.ts'
import type { Mutant } from './mutants.ts'

/** Of the package, what test files of circuits import or read, beside what is installed. */
const PARTS = [
  'audit',
  'circom',
  'circuits',
  'keys',
  'lab',
  'prover',
  'protocol',
  'test/support',
  'venue',
  'verifier',
  'package.json',
  'parameters.json',
]

/**
 * The source with the mutant in it; undefined where that takes more than an edit of the instruction, as for one input of an
 * anonymous component.
 */
export function mutatedSource(source: string, { operator, instruction, detail }: Mutant): string | undefined {
  const { start, end, kind } = instruction
  const text = source.slice(start, end)
  const replace = (by: string) => source.slice(0, start) + by + source.slice(end)
  if (operator === 'drop') return replace('')
  if (operator === 'alter') {
    const expression = detail.slice(detail.indexOf(' in ') + 4)
    if (kind === '<==') return replace(`${text.slice(0, text.indexOf('<=='))}<== ${expression};`)
    return undefined
  }
  const isPlain = kind === '<==' && !/\)\s*\(|\{/.test(text) && !/=== /.test(text)
  if (operator === 'unconstrain' || operator === 'unwire')
    return isPlain ? replace(text.replace('<==', '<--')) : undefined
  const widened = text.replace(/\b(AssertBits|IsNegative)\(((?:[^()]|\([^()]*\))*)\)\(/, '$1(($2) + 1)(')
  return widened === text ? undefined : replace(widened)
}

/**
 * Whether a test file fails in a copy of the package that holds the mutant, or nothing but the copy: the slow way, which the
 * quick one must agree with.
 */
export async function failsWith(mutant: Mutant | undefined, testFile: string): Promise<boolean> {
  const root = await mkdtemp(join(tmpdir(), 'zkclear-mutant-'))
  try {
    for (const part of [...PARTS, testFile]) await cp(join(packageRoot(), part), join(root, part), { recursive: true })
    await symlink(join(packageRoot(), 'node_modules'), join(root, 'node_modules'))
    if (mutant !== undefined) {
      const path = join(root, 'circuits', mutant.instruction.file)
      const mutated = mutatedSource(await readFile(path, 'utf8'), mutant)
      if (mutated === undefined) throw new Error(`${mutant.instruction.text} has no such mutant by an edit`)
      await writeFile(path, mutated)
    }
    // A test runner that is inherited would be reported to instead of the exit code.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const child = spawn(process.execPath, [testFile], { cwd: root, env, stdio: 'ignore' })
    const [code] = (await once(child, 'close')) as [number | null]
    return code !== 0
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
