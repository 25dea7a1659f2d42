import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ZkclearError } from '../protocol/errors.ts'
import type { BoundaryModel } from './boundary-model.ts'
import { checkModel } from './check-model.ts'

/**
 * Loads a model file: an ES module (.mjs, .js or .ts) whose default export is the model. The file is code, and it runs with
 * all rights of this process. Throws FILE_UNREADABLE or INPUT_INVALID.
 */
export async function loadModel(path: string): Promise<BoundaryModel> {
  await stat(path).catch((cause) => {
    throw new ZkclearError('FILE_UNREADABLE', 'cannot be read; check the path of the model', { path, cause })
  })
  let module: { default?: unknown }
  try {
    module = await import(pathToFileURL(resolve(path)).href)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ZkclearError('INPUT_INVALID', `does not load as an ES module: ${reason}`, { path, cause })
  }
  if (module.default === undefined) {
    throw new ZkclearError('INPUT_INVALID', 'has no default export; a model file exports one BoundaryModel', { path })
  }
  return checkModel(module.default)
}
