import { buildPage, type PageName } from '../../scripts/pages/build-page.ts'
import { readPage } from '../../service/http/page.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A page as it is now, built for this test and served at `base`. */
export async function builtPage(name: PageName, base: string, options: Parameters<typeof readPage>[2] = {}) {
  await using folder = await temporaryDirectory()
  await buildPage(name, folder.path)
  const page = await readPage(folder.path, base, options)
  if (page === undefined) throw new Error(`the page ${name} has no index.html`)
  return page
}
