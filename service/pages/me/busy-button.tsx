import type { ComponentProps } from 'preact'

export type BusyButtonProps = ComponentProps<'button'> & { readonly isBusy: boolean }

/** A button that does nothing while it is busy, and keeps the focus, which one that is disabled loses. */
export function BusyButton({ isBusy, onClick, ...button }: BusyButtonProps) {
  // Of a form's button also what is entered by key comes as a click.
  return <button {...button} aria-disabled={isBusy} onClick={isBusy ? (event) => event.preventDefault() : onClick} />
}
