/**
 * Compiles a circuit of a size, audits it as `zkclear audit --all` does, and prints what that took as JSON. A process of its own,
 * so that peak memory is the audit's. Arguments: the folder of packages, the place of the system among `SIZED_SYSTEMS`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { audit } from '../../audit/audit.ts'
import { openAuditSubject } from '../../audit/audit-subject.ts'
import { childrenCpu, ownPeak } from '../bench/process-usage.ts'
import type { SizedRun } from './sections/sizes.ts'
import { SIZED_SYSTEMS } from './size-systems.ts'

const [roots, place] = process.argv.slice(2) as [string, string]
const system = SIZED_SYSTEMS[Number(place)]!
const folder = await mkdtemp(join(tmpdir(), 'zkclear-size-'))
try {
  const path = join(folder, 'sized.circom')
  await writeFile(path, system.source)
  const { template, templateArguments } = system
  const libraries = [join(system.name, system.folder), ...system.libraries].map((library) => join(roots, library))
  const began = performance.now()
  const subject = await openAuditSubject(path, { template, templateArguments, libraries })
  const compiled = performance.now()
  const report = await audit({ ...subject, targets: 'all', timeout: 3_600_000 })
  const { user, system: kernel } = process.cpuUsage()
  const run: SizedRun = {
    constraints: subject.r1cs.nConstraints,
    counts: report.counts,
    stopped: report.stopped ?? '',
    compileSeconds: (childrenCpu() ?? 0) / 1000,
    auditSeconds: (user + kernel) / 1e6,
    waitedSeconds: (performance.now() - began) / 1000,
    compileWaitedSeconds: (compiled - began) / 1000,
    peakBytes: ownPeak(),
  }
  console.log(JSON.stringify(run))
} finally {
  await rm(folder, { recursive: true })
}
