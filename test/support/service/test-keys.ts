import { FileKeys } from '../../../service/keys/file-keys.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'

/** The key of the first account that every Hardhat chain is born with. */
export const OPERATOR = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

/** Keys with these versions of the sealing key, alike in all tests. */
export function testKeys(newest = 1, oldest = 1): FileKeys {
  const sealing = Array.from({ length: newest - oldest + 1 }, (_, i) => {
    const version = oldest + i
    return { version, key: `${version}`.padStart(64, '0'), made: '2026-01-01T00:00:00.000Z' }
  })
  const added = '2026-01-01T00:00:00.000Z'
  return new FileKeys({ operators: [{ key: OPERATOR, added }], gas: [], log: '07'.repeat(32), sealing })
}

/** What seals and opens in a test's database. */
export function sealerOf(database: Database): Promise<Sealer> {
  return Sealer.open(database, testKeys())
}
