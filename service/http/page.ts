import { readdir, readFile } from 'node:fs/promises'
import { extname, join, posix, relative, sep } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { packageRoot } from '../../circom/paths.ts'
import { sendInPieces } from './pieces.ts'

/** A file of a page, as it is sent. */
interface PageFile {
  readonly path: string
  readonly type: string
  readonly bytes: Buffer
}

/** A page and what it loads: read once, and sent from memory to anybody. */
export interface Page {
  readonly files: readonly PageFile[]
  /** What the page may do, as the header Content-Security-Policy says it. */
  readonly policy: string
}

export interface PageOptions {
  /** Whether it runs WebAssembly. Default: no. */
  readonly wasm?: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** Where `npm run build` puts the pages, and where they are in the package. */
export function builtPageFolder(name: string): string {
  return join(packageRoot(), 'dist', 'pages', name)
}

/** The page of a folder that `npm run build` made, to be served at `base`; undefined where there is none. */
export async function readPage(folder: string, base: string, options: PageOptions = {}): Promise<Page | undefined> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = await Promise.all(
    found
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const file = join(parentPath, name)
        const path = relative(folder, file).split(sep).join('/')
        const type = TYPES[extname(name)] ?? 'application/octet-stream'
        return { path: path === 'index.html' ? base : posix.join(base, path), type, bytes: await readFile(file) }
      }),
  )
  return files.some(({ path }) => path === base) ? { files, policy: policyOf(options) } : undefined
}

/** All comes from where the page does: no other address is asked for anything, and no other page may frame it. */
function policyOf({ wasm = false }: PageOptions): string {
  return [
    "default-src 'none'",
    `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}`,
    ...["style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'"],
    // snarkjs starts its threads from text that it has with it.
    ...(wasm ? ["worker-src 'self' blob:"] : []),
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
  ].join('; ')
}

/** Serves a page: its files are the same for everybody, and bear nothing of the venue. */
export function addPage(app: FastifyInstance, { files, policy }: Page): void {
  for (const { path, type, bytes } of files) {
    const bare = path.replace(/(?<=.)\/$/, '')
    if (bare !== path) {
      app.get(bare, { config: { access: 'public' }, exposeHeadRoute: false }, (_, reply) => reply.redirect(path))
    }
    app.get(path, { config: { access: 'public' }, exposeHeadRoute: false }, async (_, reply) => {
      reply.headers({
        ...{ 'content-type': type, 'content-security-policy': policy, 'x-content-type-options': 'nosniff' },
        ...{ 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' },
        'cross-origin-resource-policy': 'same-origin',
      })
      return await sendInPieces(reply, bytes)
    })
  }
}
