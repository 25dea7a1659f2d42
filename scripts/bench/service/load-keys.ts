import { FileKeys } from '../../../service/keys/file-keys.ts'

const MADE = '2026-01-01T00:00:00.000Z'

/** Public: what is sealed under them is worth nothing. */
export const LOAD_KEYS = new FileKeys({
  operators: [{ key: `0x${'11'.repeat(32)}`, added: MADE }],
  gas: [],
  log: '33'.repeat(32),
  sealing: [{ version: 1, key: '22'.repeat(32), made: MADE }],
})
