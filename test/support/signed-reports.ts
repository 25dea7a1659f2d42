import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ReportValues, signReport } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { encodePrices, encodeReport, sampleOracleKeys, samplePrices, sampleRiskParameters } from '../../venue/index.ts'
import { zkclear } from './cli.ts'

/** Risk parameters of venues that live today, whose oracles have the sample's keys. */
export const LABELLED = sampleRiskParameters(BigInt(Math.floor(Date.now() / 1000)))
export const PARAMETERS = LABELLED.parameters

/** Files of what each of the oracles signed of these prices at that time. */
export async function writeReports(
  folder: string,
  timestamp: bigint,
  prices: ReportValues = samplePrices(),
): Promise<readonly string[]> {
  const report = { feedSet: PARAMETERS.feedSet, timestamp, ...prices }
  const files = sampleOracleKeys().map(async (key, i) => {
    const file = join(folder, `report-${timestamp}-${i}.json`)
    const signed = signReport(report, venueShape('small'), key)
    await writeFile(file, JSON.stringify(encodeReport(signed, 'small')))
    return file
  })
  return Promise.all(files)
}

/** Files of what each of the oracles signs of these prices at that time, in a process of its own. */
export async function signReports(
  folder: string,
  timestamp: bigint,
  prices: ReportValues = samplePrices(),
): Promise<readonly string[]> {
  await writeFile(join(folder, 'prices.json'), JSON.stringify(encodePrices({ ...prices, timestamp }, 'small')))
  const files: string[] = []
  for (const [i, key] of sampleOracleKeys().entries()) {
    const out = join(folder, `report-${timestamp}-${i}.json`)
    const args = ['--feed-set', `${PARAMETERS.feedSet}`, '--prices', 'prices.json', '--max-age', '86400', '--out', out]
    const env = { ZKCLEAR_ORACLE_KEY: Buffer.from(key).toString('hex') }
    const signed = await zkclear(['oracle', 'sign', ...args, '--json'], { cwd: folder, env })
    assert.equal(signed.code, 0, signed.stderr)
    files.push(out)
  }
  return files
}
