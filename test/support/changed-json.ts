/** A value as it comes back from a text. */
export const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** A copy of some JSON in which one field, named by its path, is another value, or gone. */
export function changed(json: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(json)
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce((part, key) => (part as Record<string, unknown>)[key], copy) as Record<string, unknown>
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}
