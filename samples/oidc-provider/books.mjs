// The backend of the sample: it knows nothing of tokens.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  if (request.method === 'POST') response.writeHead(201).end()
  else response.writeHead(200, { 'content-type': 'application/json' }).end('["Middlemarch","Moby-Dick"]\n')
})
server.listen(Number(process.env.BOOKS_PORT ?? 9001), '127.0.0.1', () => console.log(`books listens on ${server.address().port}`))
