import type { SignedReport } from '../protocol/risk/report.ts'

/**
 * Keeps the newest report, so that no two are signed for one second, nor one for a second before: whoever asks meanwhile, or
 * within the same second, gets the one there is.
 */
export function reportKeeper(
  sign: (signal: AbortSignal) => Promise<SignedReport>,
  signal: AbortSignal,
  onSigned?: (signed: SignedReport) => void,
) {
  let newest: SignedReport | undefined
  let running: Promise<SignedReport> | undefined
  async function make(): Promise<SignedReport> {
    const isOfNow = newest !== undefined && newest.report.timestamp >= BigInt(Math.floor(Date.now() / 1000))
    if (isOfNow) return newest!
    const made = await sign(signal)
    if (newest !== undefined && made.report.timestamp <= newest.report.timestamp) return newest
    newest = made
    onSigned?.(made)
    return made
  }
  return {
    renew(): Promise<SignedReport> {
      running ??= make().finally(() => {
        running = undefined
      })
      return running
    },
  }
}
