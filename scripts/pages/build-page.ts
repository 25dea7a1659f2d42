import { join } from 'node:path'
import { build } from 'vite'
import { packageRoot } from '../../circom/paths.ts'

/** The pages of the service, by their folder in service/pages, with the path that each is served at. */
const BASES = { dashboard: '/', me: '/me/' } as const

export type PageName = keyof typeof BASES

export const PAGES = Object.keys(BASES) as readonly PageName[]

/**
 * Builds a page into a folder, which is emptied: index.html, and in assets/ what it loads. Nothing is inlined and no script is
 * generated into the document, so that a strict policy of contents lets it run.
 */
export async function buildPage(page: PageName, outDir: string): Promise<void> {
  await build({
    root: join(packageRoot(), 'service', 'pages', page),
    base: BASES[page],
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { checks: { pluginTimings: false } },
    },
    worker: { format: 'es' },
  })
}
