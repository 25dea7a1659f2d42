import { verificationKey } from '../dev/vkey.ts'
import { type KeyFile, SECTION } from './key-file.ts'
import { readBytes } from './sections.ts'

/** The verification key of a proving key, as the text of its file. Nothing is vetted here. */
export async function verificationKeyText(key: KeyFile): Promise<string> {
  const { start, length } = key.sections.get(SECTION.ic)!
  const ic = new Uint8Array(await readBytes(key.file, start, length))
  return `${JSON.stringify(await verificationKey({ ...key, ic }, key.nPublic), null, 1)}\n`
}
