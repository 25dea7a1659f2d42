import { FileKeys } from '../../../service/keys/file-keys.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'

/** The key of the first account that every Hardhat chain is born with. */
export const OPERATOR = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

/** Keys with so many versions of the sealing key, alike in all tests. */
export function testKeys(versions = 1): FileKeys {
  const sealing = Array.from({ length: versions }, (_, i) => {
    return { version: i + 1, key: `${i + 1}`.padStart(64, '0'), made: '2026-01-01T00:00:00.000Z' }
  })
  const added = '2026-01-01T00:00:00.000Z'
  return new FileKeys({ operators: [{ key: OPERATOR, added }], gas: [], log: '07'.repeat(32), sealing })
}

/** What seals and opens in a test's database. */
export function sealerOf(database: Database): Promise<Sealer> {
  return Sealer.open(database, testKeys())
}
