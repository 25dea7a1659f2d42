import { z } from 'zod'
import { type Access, publicRoute, type Route } from './route.ts'

const WHO: Readonly<Record<Access, object[]>> = { public: [], trader: [{ token: [] }] }

const TYPES: Readonly<Record<Route['form'], string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  bytes: 'application/octet-stream',
}

/** The schema of JSON that a request has, or an answer: before it is read. */
function jsonSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' })
}

/** The document of an API, OpenAPI 3.1, made of the schemas that its routes read and answer by. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'zkclear', version, description: 'Integers of any size are decimal strings.' },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Error: jsonSchema(z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })),
      },
    },
  }
}

function operationOf({ summary, access, params, query, body, answer, form }: Route): object {
  const type = TYPES[form]
  const refused = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  const told =
    form === 'ndjson'
      ? 'A line of JSON for each thing that happens, without end; the schema is that of a line'
      : 'The answer'
  return {
    summary,
    security: WHO[access],
    parameters: [...parametersIn('path', params), ...parametersIn('query', query)],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      200: { description: told, content: { [type]: { schema: jsonSchema(answer) } } },
      default: { description: 'A refusal', content: refused },
    },
  }
}

/** The fields of an object, or of several of which one is to be given. */
function parametersIn(place: 'path' | 'query', schema: z.ZodType | undefined): object[] {
  const objects = schema instanceof z.ZodUnion ? schema.options : schema === undefined ? [] : [schema]
  const isOne = objects.length === 1
  const shapes = objects.flatMap((each) => (each instanceof z.ZodObject ? Object.entries<z.ZodType>(each.shape) : []))
  return shapes.map(([name, field]) => {
    const required = place === 'path' || (isOne && !field.safeParse(undefined).success)
    return { name, in: place, required, schema: jsonSchema(field) }
  })
}

/** The routes, and one that serves the document of all, itself among them, which is made when it is first asked for: it takes its time. */
export function withDocument(routes: readonly Route[], version: string): Route[] {
  let document: object | undefined
  const all: Route[] = [
    ...routes,
    publicRoute({
      ...{ method: 'GET', path: '/v1/openapi.json', answer: z.looseObject({}) },
      summary: 'This document',
      async handle() {
        document ??= openApi(all, version)
        return document
      },
    }),
  ]
  return all
}
