import { ZkclearError } from '../protocol/errors.ts'

/** Throws INPUT_INVALID for what is no AbortSignal. */
export function requireSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw new ZkclearError('INPUT_INVALID', 'must be an AbortSignal', { path: 'signal' })
}

/** The option's value, or its default. Throws INPUT_INVALID unless it is an integer of at least `minimum`. */
export function integerOption(value: number | undefined, preset: number, minimum: number, name: string): number {
  const chosen = value ?? preset
  if (Number.isSafeInteger(chosen) && chosen >= minimum) return chosen
  throw new ZkclearError('INPUT_INVALID', `must be an integer of at least ${minimum}`, { path: name })
}
