/** The gRPC backend: words come back, one for one or as many as were asked for. */
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Client,
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { load } from '@grpc/proto-loader'
import type { RunningBackend } from './steady-backend.ts'

export type Word = { readonly text: string }

/** Words of one answer of `Count`. */
export const wordCount = 20

export const wordsProto = `syntax = "proto3";
package soak;
message Word { string text = 1; }
service Words {
  rpc Say (Word) returns (Word);
  rpc Fail (Word) returns (Word);
  rpc Count (Word) returns (stream Word);
  rpc Chat (stream Word) returns (stream Word);
}
`

export async function startWordsBackend(): Promise<RunningBackend> {
  const server = new Server()
  server.addService((await wordsService()).service, {
    Say: (call: ServerUnaryCall<Word, Word>, answer: sendUnaryData<Word>) => answer(null, call.request),
    Fail: (call: ServerUnaryCall<Word, Word>, answer: sendUnaryData<Word>) =>
      answer({ code: status.FAILED_PRECONDITION, details: call.request.text }),
    Count: (call: ServerWritableStream<Word, Word>) => {
      for (let number = 0; number < wordCount; number++) call.write({ text: `${call.request.text} ${number}` })
      call.end()
    },
    Chat: (call: ServerDuplexStream<Word, Word>) => {
      call.on('data', (word: Word) => call.write(word))
      call.on('end', () => call.end())
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })
  return { url: `http://127.0.0.1:${port}`, close: () => server.forceShutdown() }
}

/** The client's constructor, which also describes the service. */
export async function wordsService(): Promise<ServiceClientConstructor> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-words-'))
  try {
    const file = join(folder, 'words.proto')
    writeFileSync(file, wordsProto)
    const { soak } = loadPackageDefinition(await load(file)) as { readonly soak?: GrpcObject }
    const service = soak?.Words
    if (typeof service !== 'function' || !(service.prototype instanceof Client)) throw new Error('no such service')
    return service as ServiceClientConstructor
  } finally {
    await rm(folder, { recursive: true })
  }
}
