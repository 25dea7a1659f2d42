import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { riskUpdateStatement } from '../circuits/risk-update/index.ts'
import { collectReports } from '../oracle/index.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { chooseReports } from '../protocol/risk/choose-reports.ts'
import { venueShape } from '../protocol/shape.ts'
import { createProver } from '../prover/index.ts'
import { describeBackend } from '../prover/select-backend.ts'
import { decodeRiskSnapshot, encodeRiskSnapshot } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { addKeyOptions, addressOf, integerBetween, type KeyOptions } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { proofDocument } from './proof-file.ts'
import { tableText } from './table.ts'
import { readDocument, readRiskParameters } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface RiskUpdateOptions extends KeyOptions {
  readonly parameters: string
  readonly report: readonly string[]
  readonly before?: string
  readonly chainId: bigint
  readonly settlement: string
  readonly out: string
  readonly snapshotOut: string
}

/** Seconds by which a contract lets a table's time be ahead of its own. */
const MAX_CLOCK_SKEW = 900n

/** Throws INPUT_INVALID if an output would take the place of the other, or of the snapshot that is read. */
async function requireOwnNames({ out, snapshotOut, before }: RiskUpdateOptions): Promise<void> {
  const fileOf = (path: string) => realpath(path).catch(() => resolve(path))
  const named = async (path: string | undefined) => (path === undefined ? undefined : await fileOf(path))
  const [proof, snapshot, old] = await Promise.all([named(out), named(snapshotOut), named(before)])
  const refuse = (given: string, other: string, path: string) => {
    throw new ZkclearError('INPUT_INVALID', `is ${given}, the file of ${other}; name another one`, { path })
  }
  if (proof === snapshot) refuse(out, '--snapshot-out', '--out')
  if (proof === old) refuse(out, '--before', '--out')
}

const DESCRIPTION = `Makes the next risk table and proves it: from signed reports, which are files or addresses of "zkclear oracle serve", the risk
parameters, and what the update before wrote as its snapshot; without one it is the first table. What cannot be used of the
reports is left out, and said. The proof is verified before it is written.`

export const riskUpdateCommand: Verb = (run) =>
  addKeyOptions(
    newVerb('update', DESCRIPTION, [
      'zkclear risk update --parameters parameters.json --report http://127.0.0.1:9477/report b.json c.json --chain-id 31337 --settlement 0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6 --out proof.json --snapshot-out table-1.json',
      'zkclear risk update --before table-1.json --parameters parameters.json --report a.json b.json --chain-id 31337 --settlement 0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6 --out proof.json --snapshot-out table-2.json',
    ]),
  )
    .requiredOption('--parameters <file>', 'risk parameters')
    .requiredOption('--report <place...>', 'report files, or addresses that serve reports')
    .option('--before <file>', 'snapshot of the table before (default: there is none)')
    .requiredOption(
      '--chain-id <number>',
      'chain of the Settlement',
      integerBetween('--chain-id', 1n, (1n << 64n) - 1n),
    )
    .requiredOption('--settlement <address>', 'Settlement that the proof is for', addressOf('--settlement'))
    .requiredOption('--out <file>', "the proof's file")
    .requiredOption('--snapshot-out <file>', 'snapshot of the new table, with what the next update needs')
    .action(
      run(async ({ signal, onProgress, warn }, options: RiskUpdateOptions) => {
        await requireOwnNames(options)
        const { profile, parameters } = await readRiskParameters(options.parameters)
        const shape = venueShape(profile)
        const { before: snapshot } = options
        const before =
          snapshot === undefined ? undefined : await readDocument(snapshot, (json) => decodeRiskSnapshot(json, profile))
        const collected = await collectReports(options.report, { profile, signal })
        const rules = { ...parameters, oldAsOf: before?.table.asOf ?? 0n, shape }
        const latest = BigInt(Math.floor(Date.now() / 1000)) + MAX_CLOCK_SKEW
        const chosen = chooseReports(
          collected.reports.map(({ signed }) => signed),
          rules,
          latest,
        )
        const leftOut = [
          ...collected.leftOut.map(({ place, message }) => ({ place, reason: message })),
          ...chosen.leftOut.map(({ index, reason }) => ({ place: collected.reports[index]!.place, reason })),
        ]
        for (const { place, reason } of leftOut) warn(`${place} is left out: ${reason}`)

        const witness = { parameters, before, reports: chosen.reports, retired: 0n }
        const domain = settlementDomain(options.chainId, options.settlement)
        const { statement, after } = riskUpdateStatement(witness, domain, shape)
        await using proofFile = await openOutputFile(options.out)
        await using snapshotFile = await openOutputFile(options.snapshotOut)
        const circuits = ['risk-update'] as const
        await using prover = await createProver({ ...options, profile, circuits, signal, onProgress, onWarning: warn })
        const proved = await prover.prove('risk-update', statement, witness, { signal, onProgress })
        await snapshotFile.commit(jsonText(encodeRiskSnapshot(after, profile)))
        await proofFile.commit(jsonText(proofDocument(proved, profile)))
        const { out, snapshotOut } = options
        const rows = after.table.markets.map(({ mark, fundingIndex, phase }, m) => [m, mark, fundingIndex, phase])
        return {
          document: {
            ...{ out, snapshotOut, profile, reports: chosen.reports.length, leftOut, statement },
            ...{ timings: proved.timings, backend: prover.backend },
          },
          text: `${tableText(['market', 'mark', 'funding index', 'phase'], rows)}
table of second ${after.table.asOf}, risk root ${statement.newRiskRoot}, from ${chosen.reports.length} reports
${describeBackend(prover.backend)}`,
        }
      }),
    )
