import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** A process that another one started from its main thread, with that among its arguments; undefined where none runs. */
export async function childOf(pid: number, argument: string): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  for (const child of children.split(' ').filter(Boolean)) {
    const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')
    if (command.split('\0').some((each) => each.endsWith(argument))) return Number(child)
  }
  return undefined
}

/** From now on a process gets no more memory than it has. */
export async function limitMemory(pid: number): Promise<void> {
  const [, kilobytes] = /^VmSize:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))!
  execFileSync('prlimit', [`--pid=${pid}`, `--as=${Number(kilobytes) * 1024}`])
}
