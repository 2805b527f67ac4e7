// Calls a gRPC method of the sample: node call.mjs <gateway> <method> <text>, with the token in TOKEN.
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { decode, encode } from './message.mjs'

const [gateway, method, text] = process.argv.slice(2)
const session = connect(gateway, { ca: readFileSync(new URL('keys/server.crt', import.meta.url)) })
const stream = session.request({
  ':method': 'POST',
  ':path': `/fleet.dispatch.v1.Dispatch/${method}`,
  'content-type': 'application/grpc',
  te: 'trailers',
  authorization: `Bearer ${process.env.TOKEN}`,
})

// A call that is refused has its status in the header.
let status
stream.on('response', (headers) => {
  status = headers['grpc-status']
})
stream.on('trailers', (trailers) => {
  status = trailers['grpc-status']
})

stream.end(encode(text))
const chunks = []
for await (const chunk of stream) chunks.push(chunk)
for (const answer of decode(Buffer.concat(chunks))) console.log(answer)
console.log(`grpc-status ${status}`)
session.close()
