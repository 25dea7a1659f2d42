import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { temporaryDirectory } from '../temporary-directory.ts'

/** The module of the Debian package softhsm2. */
export const MODULE = '/usr/lib/softhsm/libsofthsm2.so'
export const PIN = '271828'

/** A folder of its own with tokens of SoftHSM 2, which has to be installed, for this process and those that it starts. */
export async function softHsm(...labels: readonly string[]) {
  const folder = await temporaryDirectory()
  await mkdir(folder.file('tokens'))
  const [conf, pinFile] = [folder.file('softhsm2.conf'), folder.file('pin.txt')]
  await writeFile(
    conf,
    `directories.tokendir = ${folder.file('tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  await writeFile(pinFile, `${PIN}\n`, { mode: 0o600 })
  process.env.SOFTHSM2_CONF = conf
  for (const label of labels) {
    const args = ['--init-token', '--free', '--label', label, '--so-pin', '31415926', '--pin', PIN]
    execFileSync('softhsm2-util', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return { ...folder, placeOf: (token: string) => ({ module: MODULE, token, pinFile }), pinFile }
}
