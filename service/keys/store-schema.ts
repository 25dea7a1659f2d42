import { z } from 'zod'

const LAST_VERSION = 0xffff_ffff

/** What every sealing key has. */
export const versioned = { version: z.int().min(1).max(LAST_VERSION), made: z.iso.datetime() }

/** Whether each version is larger than the one before. */
export function ascending(keys: readonly { readonly version: number }[]): boolean {
  return keys.every(({ version }, i) => i === 0 || version > keys[i - 1]!.version)
}

export function distinct(all: readonly string[]): boolean {
  return new Set(all).size === all.length
}
