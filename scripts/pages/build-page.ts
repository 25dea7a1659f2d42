import { join } from 'node:path'
import { build } from 'vite'
import { packageRoot } from '../../circom/paths.ts'

/** The pages of the service, by their folder in service/pages, with the path that each is served at. */
const BASES = { dashboard: '/', me: '/me/' } as const

export type PageName = keyof typeof BASES

export const PAGES = Object.keys(BASES) as readonly PageName[]

/** Builds a page into a folder, which is emptied. */
export async function buildPage(page: PageName, outDir: string): Promise<void> {
  await buildSite(join(packageRoot(), 'service', 'pages', page), BASES[page], outDir)
}

/**
 * Builds the page of the folder `root`, to be served at `base`, into another one, which is emptied: index.html, and in assets/ what
 * it loads. Nothing is inlined and no script is generated into the document, so that a strict policy of contents lets it run.
 */
export async function buildSite(root: string, base: string, outDir: string): Promise<void> {
  await build({
    root,
    base,
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
