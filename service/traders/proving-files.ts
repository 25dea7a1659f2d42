import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { marginSufficiency } from '../../circuits/margin-sufficiency/index.ts'
import { loadArtifacts } from '../../keys/load.ts'
import type { ArtifactSelection } from '../../keys/selection.ts'
import { parseJson } from '../../protocol/json.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/** A file by its digest. */
export interface ProvingFile {
  /** In hex. */
  readonly sha256: string
  readonly content: Buffer
}

/** What a browser proves margin with. None of it is private. */
export interface MarginFiles {
  readonly profile: ProfileName
  readonly vkey: object
  readonly wasm: ProvingFile
  readonly zkey: ProvingFile
}

/** The files of margin-sufficiency as it is built here. Throws ARTIFACT_MISSING, ARTIFACT_CORRUPT. */
export async function loadMarginFiles(profile: ProfileName, selection: ArtifactSelection = {}): Promise<MarginFiles> {
  const { files } = await loadArtifacts(marginSufficiency, profile, selection)
  const [wasm, zkey] = await Promise.all([files.wasm, files.zkey].map(read))
  const vkey = parseJson(await readFile(files.vkey, 'utf8')) as object
  return { profile, vkey, wasm: wasm!, zkey: zkey! }
}

async function read(path: string): Promise<ProvingFile> {
  const content = await readFile(path)
  return { content, sha256: createHash('sha256').update(content).digest('hex') }
}
