import { relative } from 'node:path'
import { entryText } from './baseline.ts'
import { graphSvg } from './graph-svg.ts'
import type { JudgedFinding, Judgement } from './judgement.ts'
import { escaped } from './markup.ts'
import { OUTPUT_RULES } from './rules.ts'

/** Findings that the page lists; the JSON document has all. */
const MOST_LISTED = 500

/** A judgement as one page that asks for nothing else: no script, no network, light or dark as the reader's system is. */
export function html(judgement: Judgement, root: string): string {
  const { circuit, version, report, findings, failed, stale } = judgement
  const { counts, lemmas, notes, stopped, milliseconds } = report
  const ranges = report.ranges.length
  const verdict = failed ? 'FAILED' : findings.length > 0 ? 'PASSED, with findings that are known or allowed' : 'PASSED'
  const facts = [
    ...Object.entries(lemmas).map(([template, count]) => `argued on paper: ${template}, ${count} times`),
    ...stale.map((entry) => `the baseline knows ${entryText(entry)}, which is no longer found`),
    ...notes,
    ...(stopped === undefined ? [] : [`the audit stopped for lack of ${stopped}`]),
    `${seconds(milliseconds.prove)} proving, ${seconds(milliseconds.forge)} searching; zkclear ${version}`,
  ]
  const listed = findings.slice(0, MOST_LISTED).map((finding) => row(finding, root))
  const more = findings.length - listed.length
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Audit of ${escaped(circuit)}</title>
<style>${STYLE}</style>
<h1>Audit of ${escaped(circuit)}: <span class="${failed ? 'bad' : 'good'}">${verdict}</span></h1>
<table class="counts"><tr>${Object.keys(counts)
    .map((name) => `<th>${name}</th>`)
    .join('')}<th>RANGE</th></tr><tr>${Object.values(counts)
    .map((count) => `<td>${count}</td>`)
    .join('')}<td>${ranges}</td></tr></table>
<h2>Findings</h2>
${listed.length === 0 ? '<p>None.</p>' : `<table><tr><th>kind</th><th>signal</th><th>what</th><th>where</th></tr>\n${listed.join('\n')}\n</table>`}
${more > 0 ? `<p>And ${more} more, which the JSON document lists.</p>` : ''}
${graphText(judgement)}
<h2>Notes</h2>
<ul>${facts.map((fact) => `<li>${escaped(fact)}</li>`).join('')}</ul>
</html>
`
}

function graphText({ report: { graph } }: Judgement): string {
  if (graph.signals.length === 0) return ''
  const cut = graph.isCut ? ' There is more of it than is shown.' : ''
  return `<h2>Around what is not proved</h2>
<p>Each dot is a constraint. What hangs on the right is open; signals at the ends on the left are settled.${cut}</p>
<div class="graph">${graphSvg(graph)}</div>`
}

function row({ kind, name, message, details, known, fails, location, files }: JudgedFinding, root: string): string {
  const { title, explanation } = OUTPUT_RULES[kind]
  const lines = [message, ...details, ...files.map((file) => `witness: ${file}`)]
  if (known !== undefined) lines.push(`known: ${known}`)
  const place = location === undefined ? '' : `${relative(root, location.file)}:${location.line}`
  const texts = lines.map((line) => `<div>${escaped(line)}</div>`).join('')
  return (
    `<tr class="${fails ? 'new' : 'known'}"><td class="${kind}" title="${escaped(`${title}. ${explanation}`)}">${kind}</td>` +
    `<td><code>${escaped(name)}</code></td><td>${texts}</td><td><code>${escaped(place)}</code></td></tr>`
  )
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1f; --page: #fff; --line: #c8c8d0; --good: #19703c; --bad: #b3261e; --warn: #8a5a00; --calm: #eef1f6; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e4ea; --page: #16171a; --line: #44464f; --good: #6fd08c; --bad: #ff8a80; --warn: #f0b95a; --calm: #23262d; }
}
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--page); margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
.counts td { text-align: right; } code { font-size: .9em; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad, td.CONTRADICTION, td.FORGED, td.RANGE { color: var(--bad); } td.UNKNOWN, td.UNUSED { color: var(--warn); }
tr.known { opacity: .65; }
.graph { overflow: auto; border: 1px solid var(--line); max-height: 80vh; }
svg path { fill: none; stroke: var(--line); } svg circle { fill: var(--line); } svg rect { fill: var(--calm); stroke: var(--line); }
svg text { fill: var(--text); font: 11px monospace; text-anchor: middle; }
g.FORGED rect, g.RANGE rect { stroke: var(--bad); stroke-width: 2; } g.UNKNOWN rect, g.UNUSED rect { stroke: var(--warn); stroke-width: 2; } g.PROVEN rect { stroke: var(--good); }
`
