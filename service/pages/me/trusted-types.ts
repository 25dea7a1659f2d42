/** What makes a text an address of a script, where the browser asks for that. */
export interface ScriptUrls {
  createScriptURL(url: string): string
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrls): ScriptUrls
}

/** undefined in a browser that knows no trusted types: there texts are taken. */
export const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
