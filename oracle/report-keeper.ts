import type { SignedReport } from '../protocol/risk/report.ts'

/** Makes a report. It is given the newest, so that it signs no other for its second, nor one for a second before. */
export type MakeReport = (signal: AbortSignal, newest: SignedReport | undefined) => Promise<SignedReport>

/** Keeps the newest report: whoever asks while one is made gets that one, and within its second the one there is. */
export function reportKeeper(sign: MakeReport, signal: AbortSignal, onSigned?: (signed: SignedReport) => void) {
  let newest: SignedReport | undefined
  let running: Promise<SignedReport> | undefined
  async function make(): Promise<SignedReport> {
    if (newest?.report.timestamp === BigInt(Math.floor(Date.now() / 1000))) return newest
    const made = await sign(signal, newest)
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
