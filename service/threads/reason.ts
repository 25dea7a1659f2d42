import { ZkclearError } from '../../protocol/errors.ts'

/**
 * Why work on what is private failed, for those who run the venue: our own errors say it in words that hold no such value. What another
 * one says may, so that of it only its kind and its place are told.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof ZkclearError) return error.message
  if (!(error instanceof Error)) return 'something that is no error was thrown'
  if (error.name === 'Error') return error.message
  const place = /^ +at .*?([\w.-]+:\d+):\d+\)?$/m.exec(error.stack ?? '')?.[1]
  return place === undefined ? error.name : `${error.name} at ${place}`
}
