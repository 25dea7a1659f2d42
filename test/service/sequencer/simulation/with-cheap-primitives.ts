import { registerHooks } from 'node:module'

// Loaded into a process before anything else: its hashes are quick and no Poseidon's (cheap-primitives.ts).

const REAL = new URL('../../../../protocol/crypto/primitives.ts', import.meta.url).href
const CHEAP = new URL('./cheap-primitives.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    return found.url === REAL && context.parentURL !== CHEAP ? { ...found, url: CHEAP } : found
  },
})
