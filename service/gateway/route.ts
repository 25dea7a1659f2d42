import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { decodeWith } from '../../venue/files/schema.ts'
import { callerOf } from '../http/caller.ts'
import type { Bearer } from '../tokens/tokens.ts'

/** Who may ask: anybody, or who bears a trader's token, for his account alone. */
export type Access = 'public' | 'trader'

/** A request as its schemas read it. */
export interface Asked<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Whose share the request is of. */
  readonly caller: string
  readonly reply: FastifyReply
}

/** Who asks for what is a trader's alone. */
export interface AskedBy {
  readonly account: number
  readonly bearer: Bearer
}

/** A route of the gateway: who may ask, what is read of a request, and what is answered. The document of the API is made of these. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** With `:name` for what `params` reads. */
  readonly path: string
  readonly access: Access
  /** One sentence for the document of the API. */
  readonly summary: string
  readonly params: z.ZodType | undefined
  readonly query: z.ZodType | undefined
  /** What a body is: of what reads it, or says the same more plainly. */
  readonly body: z.ZodType | undefined
  /** What is answered with status 200. */
  readonly answer: z.ZodType
  /** `ndjson`: a line for each thing that happens, without end; `bytes`: a file that never changes, as it is. */
  readonly form: 'json' | 'ndjson' | 'bytes'
  /** What waits in it is bounded by what it does: else so many requests may be answered at once. */
  readonly isBounded: boolean
  handle(request: FastifyRequest, reply: FastifyReply, by: AskedBy | undefined): Promise<unknown>
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

interface RouteOptions<Params, Query, Body> extends Pick<Route, 'method' | 'path' | 'summary' | 'answer'> {
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly form?: Route['form']
  readonly isBounded?: boolean
  /** What the document of the API says of `body`, where that cannot be told by itself. */
  readonly bodyDocument?: z.ZodType
}

type Schema = z.ZodType | undefined

/** A route for anybody. */
export function publicRoute<P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined>(
  options: RouteOptions<P, Q, B> & { handle(asked: Asked<Output<P>, Output<Q>, Output<B>>): Promise<unknown> },
): Route {
  return {
    ...shared(options),
    access: 'public',
    handle: (request, reply) => options.handle(read(options, request, reply)),
  }
}

/** A route for traders, each for his own account. */
export function traderRoute<P extends Schema = undefined, Q extends Schema = undefined, B extends Schema = undefined>(
  options: RouteOptions<P, Q, B> & {
    handle(asked: Asked<Output<P>, Output<Q>, Output<B>> & AskedBy): Promise<unknown>
  },
): Route {
  return {
    ...shared(options),
    access: 'trader',
    handle: (request, reply, by) => options.handle({ ...read(options, request, reply), ...by! }),
  }
}

function shared<P, Q, B>(options: RouteOptions<P, Q, B>) {
  const { method, path, summary, answer, form = 'json', isBounded = false, ...given } = options
  const { params, query, body, bodyDocument } = given as Readonly<Record<string, z.ZodType | undefined>>
  return { method, path, summary, answer, form, isBounded, params, query, body: bodyDocument ?? body }
}

function read<P extends Schema, Q extends Schema, B extends Schema>(
  { params, query, body }: RouteOptions<P, Q, B>,
  request: FastifyRequest,
  reply: FastifyReply,
): Asked<Output<P>, Output<Q>, Output<B>> {
  const part = <S extends Schema>(schema: S | undefined, value: unknown, name: string) =>
    (schema === undefined ? undefined : decodeWith(schema, value ?? {}, 'INPUT_INVALID', name)) as Output<S>
  return {
    params: part(params, request.params, 'path'),
    query: part(query, request.query, 'query'),
    body: part(body, request.body, 'body'),
    caller: callerOf(request.ip),
    reply,
  }
}
