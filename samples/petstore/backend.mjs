// A backend to try the gateway on: a few pets in memory. It knows nothing of tokens and limits; the gateway does.
import { createServer } from 'node:http'

const pets = new Map([
  [1, { id: 1, name: 'Ada', status: 'available' }],
  [2, { id: 2, name: 'Linus', status: 'sold' }],
])

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://backend')
  const [, version, collection, id, part] = pathname.split('/')
  const pet = pets.get(Number(id))
  const json = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

  if (version !== 'v2') json(404, { error: 'not found' })
  else if (collection === 'health') json(200, { open: true })
  else if (collection !== 'pets') json(404, { error: 'not found' })
  else if (id === undefined && request.method === 'GET') {
    const status = searchParams.get('status')
    json(
      200,
      [...pets.values()].filter((each) => status === null || each.status === status),
    )
  } else if (id === undefined && request.method === 'POST') {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      try {
        const added = { ...JSON.parse(Buffer.concat(chunks).toString()), id: Math.max(0, ...pets.keys()) + 1 }
        pets.set(added.id, added)
        json(201, added)
      } catch {
        json(400, { error: 'not JSON' })
      }
    })
  } else if (pet === undefined) json(404, { error: 'no such pet' })
  else if (request.method === 'DELETE') {
    pets.delete(pet.id)
    response.writeHead(204).end()
  } else if (part === 'photo')
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(`<svg xmlns="http://www.w3.org/2000/svg"><text>${pet.id}</text></svg>`)
  else json(200, pet)
})

server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () => {
  console.log(`petstore backend: http://127.0.0.1:${server.address().port}/v2`)
})
