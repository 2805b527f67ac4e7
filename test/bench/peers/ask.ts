/** One request over any transport, on a connection of its own. */
import { once } from 'node:events'
import { type IncomingMessage, request as requestCleartext } from 'node:http'
import { connect, constants } from 'node:http2'
import { request as requestTls } from 'node:https'
import { smallRequest } from '../fixture/api.ts'
import type { Transport } from '../fixture/transport.ts'

export type Reply = { readonly status: number; readonly body: string }

/** The certificate is one that the benchmark made itself a moment ago. */
const trusting = { rejectUnauthorized: false }

export async function ask(port: number, transport: Transport, token: string | null): Promise<Reply> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  return transport.http2 ? askHttp2(port, transport, headers) : askHttp1(port, transport, headers)
}

async function askHttp1(port: number, { tls }: Transport, headers: Record<string, string>): Promise<Reply> {
  const options = { host: '127.0.0.1', port, path: smallRequest.path, headers, agent: false as const }
  const outgoing = tls === null ? requestCleartext(options) : requestTls({ ...options, ...trusting })
  const [response] = (await once(outgoing.end(), 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, body: await textOf(response) }
}

async function askHttp2(port: number, { tls }: Transport, headers: Record<string, string>): Promise<Reply> {
  const session = connect(`${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`, trusting)
  try {
    const stream = session.request({ [constants.HTTP2_HEADER_PATH]: smallRequest.path, ...headers })
    const [answer] = (await Promise.race([once(stream, 'response'), rejection(session)])) as [Record<string, unknown>]
    return { status: Number(answer[':status']), body: await textOf(stream) }
  } finally {
    session.destroy()
  }
}

async function rejection(session: ReturnType<typeof connect>): Promise<never> {
  const [error] = await once(session, 'error')
  throw error
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += String(piece)
  return text
}
