import { z } from 'zod'
import { provingAnswer, provingFilePath } from '../../client/wire/opening.ts'
import { type Route, traderRoute } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import type { MarginFiles, ProvingFile } from './proving-files.ts'

const shown = ({ sha256, content }: ProvingFile) => ({ sha256, bytes: content.length })

/** What a browser proves margin with, for traders: a key is large. `files` is undefined where they were not built. */
export function provingRoutes(files: MarginFiles | undefined): Route[] {
  const missing = (what: string) => new Refusal(404, 'NOT_FOUND', what)
  return [
    traderRoute({
      ...{ method: 'GET', path: '/v1/proving/margin-sufficiency', answer: provingAnswer },
      summary: 'The files that margin is proved with, by their digests, and the verification key',
      async handle() {
        if (files === undefined) throw missing('this venue serves no proving key; take your own')
        const { profile, vkey, wasm, zkey } = files
        return { profile, vkey, wasm: shown(wasm), zkey: shown(zkey) }
      },
    }),
    traderRoute({
      ...{ method: 'GET', path: '/v1/proving/files/:sha256', params: provingFilePath },
      ...{ answer: z.unknown(), form: 'bytes' },
      summary: 'A file of those, which never changes',
      async handle({ params: { sha256 } }) {
        const file = [files?.wasm, files?.zkey].find((one) => one?.sha256 === sha256)
        if (file === undefined) throw missing('there is no such file')
        return file.content
      },
    }),
  ]
}
