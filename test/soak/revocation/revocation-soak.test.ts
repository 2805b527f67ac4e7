import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { everySource } from './every-source.ts'
import { soakSource } from './soak-source.ts'

describe('a while of replayed tokens and trouble at the source', { concurrency: 3 }, () => {
  for (const { name, missing, start } of everySource)
    it(name, { skip: missing, timeout: 240_000 }, async () => {
      const source = await start()
      try {
        const { wrongs, answers, troubles } = await soakSource(source, { milliseconds: 8_000, seed: 5, measured: 3, progress: () => {} })
        assert.deepEqual(wrongs, [])
        assert.ok((answers.get(200) ?? 0) > 0 && (answers.get(401) ?? 0) > 0, 'both kinds of tokens were asked for')
        assert.ok(troubles.size > 0)
      } finally {
        await source.end()
      }
    })
})
