import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The forms in which a number could lie about: decimal, hex, and its bytes in both orders. */
function formsOf(secret: bigint): Buffer[] {
  const hex = secret.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return [Buffer.from(`${secret}`), Buffer.from(hex), bytes, Buffer.from(bytes.toReversed())]
}

/** Nothing of a file that is gone meanwhile: a database goes on when its supervisor was killed. */
async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return Buffer.alloc(0)
  }
}

/** The files below a folder, and the texts, in which one of the secrets stands in clear. */
export async function clearIn(
  folder: string,
  secrets: readonly bigint[],
  texts: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const forms = secrets.flatMap(formsOf)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const content = await contentOf(path)
    if (forms.some((form) => content.includes(form))) found.push(path)
  }
  const told = Object.entries(texts).filter(([, text]) => forms.some((form) => text.includes(form.toString())))
  return [...found, ...told.map(([name]) => name)]
}
