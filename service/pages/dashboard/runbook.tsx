import { useEffect, useRef } from 'preact/hooks'
import operations from '../../../docs/operations.md?raw'
import { type Block, sectionOf, spansOf } from '../shared/markdown.ts'

export interface RunbookButtonProps {
  readonly place: string
  /** What it is the runbook of, for screen readers. */
  readonly about: string
  onRunbook(place: string): void
}

export function RunbookButton({ place, about, onRunbook }: RunbookButtonProps) {
  return (
    <button type="button" class="runbook" onClick={() => onRunbook(place)}>
      Runbook<span class="aloud">{`: ${about}`}</span>
    </button>
  )
}

/** A paragraph of docs/operations.md, which is part of the page: it needs no network. */
export function Runbook({ place, onClose }: { readonly place: string; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current!.showModal(), [])
  const section = sectionOf(operations, place.replace(/^.*#/, ''))
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="runbook-title">
      <h2 id="runbook-title">{section?.title ?? place}</h2>
      {section === undefined && <p>{`Nothing is written on this in docs/operations.md.`}</p>}
      {section?.blocks.map((block, i) => (
        <Piece key={i} block={block} />
      ))}
      <p class="muted small">{`docs/operations.md, ${place.replace(/^.*#/, '#')}`}</p>
      <form method="dialog">
        <button class="main" type="submit">
          Close
        </button>
      </form>
    </dialog>
  )
}

function Piece({ block }: { readonly block: Block }) {
  if (block.kind === 'code') return <pre>{block.text}</pre>
  if (block.kind !== 'list') {
    return (
      <p>
        <Text text={block.text} />
      </p>
    )
  }
  const List = block.isOrdered ? 'ol' : 'ul'
  return (
    <List class="told">
      {block.items.map((item) => (
        <li key={item}>
          <Text text={item} />
        </li>
      ))}
    </List>
  )
}

function Text({ text }: { readonly text: string }) {
  return (
    <>
      {spansOf(text).map(({ style, text: words }) => {
        if (style === 'code') return <code>{words}</code>
        return style === 'strong' ? <b>{words}</b> : words
      })}
    </>
  )
}
