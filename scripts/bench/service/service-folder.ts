import { chmod } from 'node:fs/promises'
import { temporaryFolder } from '../temporary-folder.ts'

/** A temporary folder through which others may pass: the database runs as a user of its own. */
export async function serviceFolder(): ReturnType<typeof temporaryFolder> {
  const folder = await temporaryFolder()
  await chmod(folder.path, 0o711)
  return folder
}
