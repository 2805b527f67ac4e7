/** A peer: @fastify/http-proxy with @fastify/jwt, the same policies as Postern. `node fastify-gateway.ts <settings file>` */
import { judge, readSettings } from './node-peer-policies.ts'
import { requirePackage } from './packages.ts'

type Claims = { readonly azp: string; readonly scope: string; readonly exp: number }
type Request = { jwtVerify(): Promise<Claims> }
type Reply = { code(status: number): Reply; send(body: string): Reply }
type Server = {
  register(plugin: unknown, options: object): Server
  listen(options: object): Promise<string>
}

const { port, backendPort, connections, issuer, audience, publicKey } = readSettings()
// The packages are not there when types are checked; these are the parts of their interfaces that are used.
const fastify = requirePackage('fastify') as (options: object) => Server

const server = fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 })
server.register(requirePackage('@fastify/jwt'), {
  secret: { public: publicKey },
  verify: { algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience, cache: 10_000 },
})
server.register(requirePackage('@fastify/http-proxy'), {
  upstream: `http://127.0.0.1:${backendPort}`,
  undici: { connections, pipelining: 1 },
  // Before the handler, and as a hook that fastify awaits: its own way to guard a proxy.
  preHandler: async (request: Request, reply: Reply) => {
    const claims = await request.jwtVerify().catch(() => null)
    const refusal = judge(claims && { consumer: claims.azp, scopes: claims.scope.split(' '), expires: claims.exp })
    return refusal === 0 ? undefined : reply.code(refusal).send('')
  },
})
await server.listen({ port, host: '127.0.0.1', backlog: 4096 })
