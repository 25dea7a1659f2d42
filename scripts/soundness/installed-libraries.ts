import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditSubject, openAuditSubject } from '../../audit/audit-subject.ts'
import { LIBRARIES, type Library } from './library-templates.ts'

/** A public template of a library with arguments, which may be compiled. */
export interface PublicTemplate {
  /** With its arguments. */
  readonly name: string
  open(): Promise<AuditSubject>
}

export interface InstalledLibrary {
  readonly name: string
  readonly version: string
  readonly templates: readonly PublicTemplate[]
}

/** The libraries that are installed in a folder of packages (node_modules), or those of them that are named. */
export async function installedLibraries(roots: string, wanted: readonly string[] = []): Promise<InstalledLibrary[]> {
  const found: InstalledLibrary[] = []
  for (const library of LIBRARIES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const version = await versionOf(join(roots, library.name))
    if (version !== undefined) found.push({ name: library.name, version, templates: templatesOf(roots, library) })
  }
  return found
}

async function versionOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text).version
}

function templatesOf(roots: string, { name, folder, libraries, files }: Library): PublicTemplate[] {
  return Object.entries(files).flatMap(([file, templates]) =>
    Object.entries(templates).map(([template, templateArguments]) => ({
      name: [template, ...(templateArguments.length > 0 ? [`(${templateArguments.join(', ')})`] : [])].join(''),
      open() {
        const path = join(roots, name, folder, file)
        return openAuditSubject(path, {
          template,
          templateArguments,
          libraries: libraries.map((one) => join(roots, one)),
        })
      },
    })),
  )
}
