import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'

const LOOKS = 500

/** Resolves once the focus is at the element of which that is so: it may come with the next frame. Throws with what it is at instead. */
export async function focusComesTo(page: Page, of: 'textContent' | 'id', expected: string): Promise<void> {
  let found: string | null | undefined
  for (let look = 0; look < LOOKS; look++) {
    found = await page.evaluate((name) => document.activeElement?.[name], of)
    if (found === expected) return
    await setTimeout(20)
  }
  assert.equal(found, expected)
}
