import { trustedTypes } from './trusted-types.ts'

const THREAD = `blob:${location.origin}/`

// snarkjs starts its threads from text of its own, as the policy of the page's contents lets this worker, and nothing else.
trustedTypes?.createPolicy('default', {
  createScriptURL(url) {
    if (!url.startsWith(THREAD)) throw new TypeError('nothing but threads is started here')
    return url
  },
})
