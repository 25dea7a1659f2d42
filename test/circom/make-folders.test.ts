import assert from 'node:assert/strict'
import { stat, symlink, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { makeFolders } from '../../circom/make-folders.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('making folders', () => {
  it('makes those above too, once however many ask, and keeps what is there', async () => {
    await using folder = await temporaryDirectory()
    const path = folder.file('a/b/c')
    await Promise.all([makeFolders(path), makeFolders(path), makeFolders(folder.file('a/b/d'))])
    await writeFile(folder.file('a/b/c/kept'), '')
    await makeFolders(path)
    assert.ok((await stat(folder.file('a/b/c/kept'))).isFile())
  })

  it('fails at once below a file, a link to nowhere, and where the system takes no folders', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('file'), '')
    await symlink(folder.file('none/none'), folder.file('link'))
    await assert.rejects(makeFolders(folder.file('file')), { code: 'EEXIST' })
    await assert.rejects(makeFolders(folder.file('file/a/b')), { code: 'ENOTDIR' })
    await assert.rejects(makeFolders(folder.file('link/a')), { code: 'ENOENT' })
    await assert.rejects(makeFolders('/proc/zkclear/a/b'), { code: 'ENOENT' })
  })
})
