import type { RawRequest } from './mutations.ts'

/** What of an OpenAPI document is looked at here. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly security: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

interface Schema {
  readonly type?: string
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

/** A request to each route of a document, of the form that it says; with the token where it asks for one. */
export function exampleRequests({ paths }: OpenApi, token: string): RawRequest[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security, parameters, requestBody }]) => {
      const named = (place: 'path' | 'query') => parameters.filter((parameter) => parameter.in === place)
      const filled = named('path').reduce((text, { name, schema }) => {
        return text.replace(`{${name}}`, encodeURIComponent(`${exampleOf(schema)}`))
      }, path)
      const query = new URLSearchParams(named('query').map(({ name, schema }) => [name, `${exampleOf(schema)}`]))
      const body = requestBody && JSON.stringify(exampleOf(requestBody.content['application/json']!.schema))
      return {
        method: method.toUpperCase(),
        path: `${filled}?${query}`,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(security.length > 0 && { authorization: `Bearer ${token}` }),
        },
        body,
      }
    }),
  )
}

const TEXTS = ['1', `0x${'0'.repeat(64)}`, '0'.repeat(64), 'a']

/** A value of the form that a schema tells. */
function exampleOf(schema: Schema): unknown {
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first !== undefined) return exampleOf(first)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.type === 'array') return [exampleOf(schema.items ?? {})]
  if (schema.type === 'object' || schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, exampleOf(part)]))
  }
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, schema.minimum ?? 1)
  if (schema.type === 'boolean') return true
  const { pattern = '' } = schema
  return TEXTS.find((text) => new RegExp(pattern).test(text)) ?? '1'
}
