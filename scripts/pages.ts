/** Builds the pages of the service into dist/pages, each into a folder of its own: `npm run build` does it after the library. */
import { join } from 'node:path'
import { packageRoot } from '../circom/paths.ts'
import { buildPage, PAGES } from './pages/build-page.ts'

for (const page of PAGES) await buildPage(page, join(packageRoot(), 'dist', 'pages', page))
