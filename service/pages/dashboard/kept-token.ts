/** The operator's token is kept for this tab alone, and goes with it; it stands in no URL. */
const NAME = 'operator token'

export function keptToken(): string | undefined {
  return sessionStorage.getItem(NAME) ?? undefined
}

export function keepToken(token: string): void {
  sessionStorage.setItem(NAME, token)
}

export function forgetToken(): void {
  sessionStorage.removeItem(NAME)
}
