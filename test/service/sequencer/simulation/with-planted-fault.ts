import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import process from 'node:process'
import { PLANTED_FAULTS } from './planted-faults.ts'

// Loaded into a process before anything else: the sequencer has the fault of that number in PLANTED_FAULT (planted-faults.ts).

const { file, text, instead } = PLANTED_FAULTS[Number(process.env.PLANTED_FAULT)]!
const place = new URL(`../../../../${file}`, import.meta.url).href

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (url !== place) return loaded
    const parts = Buffer.from(loaded.source as Uint8Array)
      .toString()
      .split(text)
    assert.equal(parts.length, 2, `${file} has once: ${text}`)
    return { ...loaded, source: parts.join(instead) }
  },
})
