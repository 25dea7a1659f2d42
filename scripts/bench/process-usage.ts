import { readFileSync } from 'node:fs'
import process from 'node:process'

/** Ticks of processor time a second in what Linux tells programs, whatever the kernel's own clock. */
const TICKS = 100

/**
 * Milliseconds of processor time, in steps of 10, of all processes that this one started and that have ended, with those that
 * they waited for. Undefined where the system is not Linux.
 */
export function childrenCpu(): number | undefined {
  const text = read('/proc/self/stat')
  // The second field is a name in brackets and may hold spaces; user and system time of children are fields 16 and 17.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields && ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS
}

/** Of a running process with all its threads: milliseconds of processor time, in steps of 10, and bytes of resident memory. */
export interface Usage {
  readonly cpuMs: number
  readonly residentBytes: number
}

/** Throws if it ended, or where this is not Linux. */
export function usageOf(pid: number): Usage {
  const [stat, status] = [read(`/proc/${pid}/stat`), read(`/proc/${pid}/status`)]
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status ?? '')?.[1]
  if (stat === undefined || kilobytes === undefined) throw new Error(`nothing is known of process ${pid}`)
  // The second field is a name in brackets and may hold spaces; own user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpuMs = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS
  return { cpuMs, residentBytes: Number(kilobytes) * 1024 }
}

/** The most memory in bytes that was resident of a running process; undefined if it ended, or where this is not Linux. */
export function peakOf(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

/**
 * The most memory in bytes that was resident of this process. Of a process started by a larger one, what Node reports is the
 * larger one's: Linux keeps the number when a program replaces a copy of its parent.
 */
export function ownPeak(): number {
  return peakOf(process.pid) ?? process.resourceUsage().maxRSS * 1024
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
