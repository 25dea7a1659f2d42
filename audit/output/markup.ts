/** What XML has a place for. */
const FOREIGN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

/** Text as it may stand in XML and HTML, between tags and in quotes; characters that XML has no place for are left out. */
export function escaped(text: string): string {
  return text.replace(FOREIGN, '').replace(/[&<>"']/g, (sign) => SIGNS[sign]!)
}

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
