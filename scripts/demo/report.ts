/** A part of the report: a heading, what there is to see, and a table or a plot as HTML. */
export interface Section {
  readonly title: string
  readonly text: string
  readonly html: string
}

export interface Report {
  readonly title: string
  readonly summary: readonly (readonly [value: string, label: string])[]
  readonly sections: readonly Section[]
}

const STYLE = `
:root {
  color-scheme: light dark;
  --background: #ffffff; --panel: #f6f7f9; --text: #1c2330; --muted: #5c6675; --line: #dde1e8;
  --buy: #12805c; --sell: #c4453c; --first: #e0a526; --second: #3b73c8; --third: #7a5bbf; --fourth: #2f9e8f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #12161d; --panel: #1a2029; --text: #e6eaf0; --muted: #98a3b3; --line: #2c3440;
    --buy: #3fbf8f; --sell: #ef7b72; --first: #efc04f; --second: #6a9fee; --third: #a88de8; --fourth: #4fc3b4;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text); font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 20px; }
h2 { font-size: 19px; margin: 44px 0 4px; }
p { margin: 0 0 14px; color: var(--muted); max-width: 76ch; }
.summary { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; }
.summary div { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.summary b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.summary span { color: var(--muted); font-size: 13px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 7px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { font-weight: 600; color: var(--muted); }
th:first-child, td:first-child, td.text, th.text { text-align: left; }
td.text { white-space: normal; }
figure { margin: 0; }
svg { max-width: 100%; height: auto; overflow: visible; --plot-background: var(--background); }
figure > div { font-size: 13px !important; }
`

/** The report as one HTML file that needs nothing else: no script, no font, no picture from outside. */
export function renderReport({ title, summary, sections }: Report): string {
  const cards = summary.map(
    ([value, label]) => `<div><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></div>`,
  )
  const parts = sections.map(
    (section) =>
      `<section><h2>${escapeHtml(section.title)}</h2><p>${escapeHtml(section.text)}</p><div class="scroll">${section.html}</div></section>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<div class="summary">${cards.join('')}</div>
${parts.join('\n')}
</main>
</body>
</html>
`
}

/** A table; columns whose name begins with `~` hold text and are set to the left. */
export function tableHtml(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const kinds = columns.map((column) => (column.startsWith('~') ? ' class="text"' : ''))
  const head = columns.map((column, i) => `<th${kinds[i]}>${escapeHtml(column.replace(/^~/, ''))}</th>`)
  const body = rows.map((row) => `<tr>${row.map((cell, i) => `<td${kinds[i]}>${escapeHtml(cell)}</td>`).join('')}</tr>`)
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)
}
