import workerUrl from './margin-worker.ts?worker&url'
import { trustedTypes } from './trusted-types.ts'

const own = trustedTypes?.createPolicy('margin', {
  createScriptURL(url) {
    if (url !== workerUrl) throw new TypeError('that is not the worker that proves')
    return url
  },
})

/** The worker that proves margin, as the page was built with it. */
export function startMarginWorker(): Worker {
  return new Worker(own?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' })
}
