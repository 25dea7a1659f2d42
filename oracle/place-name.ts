/** Whether a place is an address rather than a file. */
export function isAddress(place: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place)
}

/** What may be shown of an address: neither user nor password, nor its query, where a token can be. A file's path stays as it is. */
export function placeName(place: string): string {
  return isAddress(place) ? addressName(place) : place
}

/** The same of what should be an address. */
export function addressName(text: string): string {
  if (URL.canParse(text)) {
    const { protocol, host, pathname } = new URL(text)
    if (host !== '') return `${protocol}//${host}${pathname}`
  }
  const [start = ''] = text.split(/[?#]/)
  return start.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1').slice(0, 100)
}
