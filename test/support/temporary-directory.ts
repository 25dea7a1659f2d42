import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh folder that is deleted, contents and all, when it goes out of scope: `await using folder = ...`. */
export async function temporaryDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'zkclear-'))
  return {
    path,
    file: (name: string) => join(path, name),
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true })
    },
  }
}
