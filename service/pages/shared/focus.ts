import { useLayoutEffect, useRef } from 'preact/hooks'

let wasUsed = false
addEventListener(
  'focusin',
  () => {
    wasUsed = true
  },
  { once: true },
)

/** Gives the focus to an element where it was lost, as with what is not there any more; where a user has it, it stays. */
export function refocus(element: HTMLElement | null): void {
  if (wasUsed && (document.activeElement ?? document.body) === document.body) element?.focus({ preventScroll: true })
}

/** For an element that takes the place of another: whoever works the page by keys goes on there. */
export function useRefocus<Kind extends HTMLElement>() {
  const ref = useRef<Kind>(null)
  useLayoutEffect(() => refocus(ref.current), [])
  return ref
}
