import assert from 'node:assert/strict'
import { type Client, type ClientDuplexStream, type ClientReadableStream, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { type Word, wordCount, wordsService } from '../words-backend.ts'
import type { Traffic, World } from '../world.ts'

type Answer = (error: ServiceError | null, word?: Word) => void

/** What @grpc/grpc-js makes of the service, which has no types of its own. */
type WordsClient = Client & {
  Say(word: Word, answer: Answer): void
  Fail(word: Word, answer: Answer): void
  Count(word: Word): ClientReadableStream<Word>
  Chat(): ClientDuplexStream<Word, Word>
}

const Words = await wordsService()

/** A connection of its own for each call: those of @grpc/grpc-js are shared by all clients of a target otherwise. */
async function withClient(world: World, use: (client: WordsClient) => Promise<void>): Promise<void> {
  const made: Client = new Words(`127.0.0.1:${world.port}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 })
  try {
    await use(made as WordsClient)
  } finally {
    made.close()
  }
}

export const grpcUnary: Traffic = {
  name: 'gRPC unary',
  weight: 4,
  run: (world) =>
    withClient(world, async (client) => {
      const text = `word ${world.next()}`
      const word = await new Promise<Word | undefined>((resolve, reject) => {
        client.Say({ text }, (error, said) => (error === null ? resolve(said) : reject(error)))
      })
      assert.deepEqual({ ...word }, { text })
    }),
}

export const grpcFailure: Traffic = {
  name: 'gRPC failure',
  weight: 2,
  run: (world) =>
    withClient(world, async (client) => {
      const error = await new Promise<ServiceError | null>((resolve) => client.Fail({ text: 'no' }, resolve))
      assert.deepEqual([error?.code, error?.details], [status.FAILED_PRECONDITION, 'no'])
    }),
}

export const grpcStreams: Traffic = {
  name: 'gRPC streams',
  weight: 2,
  run: (world) =>
    withClient(world, async (client) => {
      const counted: string[] = []
      for await (const word of client.Count({ text: 'n' })) counted.push((word as Word).text)
      assert.deepEqual(
        counted,
        Array.from({ length: wordCount }, (_, number) => `n ${number}`),
      )

      const chat = client.Chat()
      const said: string[] = []
      chat.on('data', (word: Word) => {
        said.push(word.text)
        if (said.length < 5) chat.write({ text: String(said.length) })
        else chat.end()
      })
      const ended = new Promise((resolve, reject) => chat.on('end', resolve).on('error', reject))
      chat.write({ text: '0' })
      await ended
      assert.deepEqual(said, ['0', '1', '2', '3', '4'])
    }),
}
