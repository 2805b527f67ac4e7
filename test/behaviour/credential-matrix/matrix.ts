/** Kinds of credential × states × combinations, each cell held against a rule of its own; and no credential anywhere that it must not be. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Backend } from '../../wire/backend.ts'
import type { Answer } from '../../wire/client.ts'
import { KeyManager } from '../../wire/key-manager.ts'
import { requestText } from '../../wire/request-text.ts'
import { ProjectFolder } from '../project-folder.ts'
import type { RunningGateway, Start } from '../running-gateway.ts'
import { Callers } from './callers.ts'
import { type Combination, combinations, isKey, type Kind, publicPaths } from './combinations.ts'
import { Credentials } from './credentials.ts'
import { leaks } from './leaks.ts'
import { type ClientName, columns, type Presented, senseless, states } from './presented.ts'
import { matrixProject, matrixSettings } from './project.ts'
import { type Brought, judge, type Verdict } from './rule.ts'

export function credentialMatrix(start: Start): void {
  describe('every credential in every state, in every combination', () => {
    const credentials = new Credentials()
    let prepared: ProjectFolder
    /** All that the gateway has said to clients. */
    const said: string[] = []
    const expectedCounts = new Map<string, number>()
    let backend: Backend
    let keyManager: KeyManager
    let gateway: RunningGateway
    let callers: Callers<ClientName>
    let addresses = 0

    before(async () => {
      prepared = new ProjectFolder(matrixProject(credentials))
      backend = await Backend.start()
      keyManager = await KeyManager.start()
      for (const [token, claims] of credentials.opaque.answers) keyManager.knows(token, claims)
      gateway = await start(prepared, {
        BACKEND_URL: backend.url,
        KEY_MANAGER: keyManager.url,
        POSTERN_LOG_LEVEL: 'debug',
        ...matrixSettings(prepared.folder, credentials),
      })
      const { https } = await gateway.log.find(({ event }) => event === 'listening')
      callers = new Callers(Number(https), { nobody: {}, ...credentials.clients })
    })
    after(async () => {
      await callers.end()
      await gateway.stop()
      await backend.stop()
      await keyManager.stop()
      prepared?.remove()
    })

    /** Who guesses passwords is slowed down by address: each request has its own. */
    function send(path: string, apart: boolean, brought: Brought): { readonly ask: () => Promise<Answer>; readonly client: ClientName } {
      const number = ++addresses
      const all = Object.values(brought).filter((each) => each !== null)
      const query = all.flatMap((each) => each.query?.() ?? []).join('&')
      const fields = all.flatMap((each) => each.fields?.({ path, apart }) ?? [])
      const address = `X-Forwarded-For: 10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
      const text = requestText('GET', query === '' ? path : `${path}?${query}`, [...fields, address])
      const client = brought.certificate?.client ?? 'nobody'
      const ask = async (): Promise<Answer> => {
        const answer = await callers.ask(client, text)
        said.push([answer.message.startLine, ...answer.message.fields.map((field) => field.join(': ')), answer.message.text].join('\n'))
        return answer
      }
      return { ask, client }
    }

    /** Returns what is not as the rule says. */
    async function check(combination: Combination, brought: Brought): Promise<readonly string[]> {
      const { path, apart } = combination
      const again = brought.token?.again === true
      const { ask } = send(path, apart, brought)
      const verdicts = again ? [judge(combination, { ...brought, token: { ...brought.token!, proof: null } })] : []
      const wrong: string[] = []
      for (const expected of [...verdicts, judge(combination, brought)]) {
        for (const [by, outcome] of expected.counted) count(expectedCounts, `${by} ${outcome}`)
        const got = outcomeOf(await ask())
        const { counted: _, ...wanted } = expected
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          wrong.push(`${describeCell(brought)}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
      }
      return wrong
    }

    test('each kind has each state, or there is a reason why not', () => {
      for (const column of columns) {
        for (const state of states) {
          const there = credentials.all.some((each) => each.column === column && each.state === state)
          const reason = senseless[column][state]
          const missing = state === 'missing' && column !== 'proof' && reason === undefined
          assert.equal(there || missing, reason === undefined, `${column}, ${state}`)
        }
      }
    })

    for (const combination of combinations) {
      test(combination.path.slice(1), async () => {
        const cells = cellsOf(combination, credentials)
        // Connections are one for each certificate, so there is one line of requests for each.
        const lines = Map.groupBy(cells, ({ certificate }) => certificate?.client ?? 'nobody')
        const checked = await Promise.all(
          [...lines.values()].map(async (line) => {
            const wrong: string[] = []
            for (const brought of line) wrong.push(...(await check(combination, brought)))
            return wrong
          }),
        )
        assert.deepEqual(checked.flat(), [])
      })
    }

    test('public operations look at no credential', async () => {
      for (const path of publicPaths) {
        for (const each of credentials.all) {
          const { ask } = send(path, path.startsWith('/apart'), { [each.kind]: each })
          assert.equal((await ask()).status, 200, `${path} ${each.column} ${each.state}`)
          // A parameter or cookie is what its name says only where an operation asks for it.
          if (isKey(each.kind)) said.pop()
        }
      }
    })

    test('a kind that the operation does not ask for is not looked at', async () => {
      const asking = combinations.find(({ path }) => path === '/usual/header')!
      const right = credentials.all.find(({ kind, state }) => kind === 'header' && state === 'right')!
      for (const each of credentials.all.filter(({ kind }) => !isKey(kind))) {
        const { ask } = send(asking.path, false, { header: right, [each.kind]: each })
        assert.equal((await ask()).status, 200, `${each.column} ${each.state}`)
        count(expectedCounts, 'api-key accepted')
      }
    })

    test('all of it was counted by kind and outcome', async () => {
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      said.push(text)
      const counts = new Map(
        [...text.matchAll(/^postern_credentials_total\{kind="([^"]+)",outcome="([^"]+)"\} (\d+)$/gm)].map(([, kind, outcome, number]) => [
          `${kind} ${outcome}`,
          Number(number),
        ]),
      )
      // Tokens that are missing where nothing else would do are counted as such as well.
      counts.delete('token missing')
      assert.deepEqual([...counts].toSorted(), [...expectedCounts].toSorted())
    })

    test('no credential is in what clients are told, in the log, in metrics, in the manifest, or with the backend', async () => {
      said.push(await (await fetch(`http://127.0.0.1:${gateway.adminPort}/manifest`)).text(), gateway.log.text)
      const all = said.join('\n')
      assert.ok(all.includes('"event":"access"') && all.includes('900901') && all.includes('"capabilities"'))
      const [secret = ''] = credentials.secrets.all
      for (let before = 0; before < 9; before++)
        assert.equal(leaks(`${'='.repeat(before)}${secret}`, credentials.secrets.all).length, 1, 'what is looked for is found')
      assert.deepEqual(leaks(all, credentials.secrets.all), [])
    })
  })
}

/**
 * Every choice of a credential, or none, of each kind that the operation looks at. Of three kinds and more, what is wrong stands for
 * whatever else is bad: pairs have shown that each state is judged by itself.
 */
function cellsOf({ alternatives, apart }: Combination, credentials: Credentials): readonly Brought[] {
  const asked = new Set(alternatives.flat())
  let cells: readonly Brought[] = [{}]
  for (const kind of asked) {
    const choices = credentials.of(kind).filter((each) => asked.size < 3 || each === null || standsForAll(each))
    cells = cells.flatMap((cell) => choices.map((each) => ({ ...cell, [kind]: each })))
  }
  // Whatever is beside them, two Authorization fields are one too many.
  if (!apart)
    cells = cells.filter(({ token, basic, ...others }) => !token || !basic || Object.values(others).every((each) => each === null))
  if (!asked.has('token') || asked.has('certificate')) return cells
  // Tokens may be bound to a certificate, so that one is looked at; of its states these tell everything for such tokens.
  const beside = credentials.of('certificate').filter((each) => asked.size === 1 || each === null || tellsAll(each))
  return cells.flatMap((cell) => beside.map((certificate) => ({ ...cell, certificate })))
}

function standsForAll({ state }: Presented): boolean {
  return state === 'missing' || state === 'wrong' || state === 'right'
}

function tellsAll({ client }: Presented): boolean {
  return client === 'alice' || client === 'bob'
}

function outcomeOf({ status, message }: Answer): Omit<Verdict, 'counted'> {
  const challenges = message.values('WWW-Authenticate').map((value) => {
    const error = /error="([^"]+)"/.exec(value)?.[1]
    return `${value.split(' ', 1)[0]}${error === undefined ? '' : ` ${error}`}`
  })
  return { status, code: status === 200 ? 0 : Number(JSON.parse(message.text).code), challenges }
}

function describeCell(brought: Brought): string {
  const kinds = Object.entries(brought) as [Kind, Presented | null][]
  return kinds.map(([kind, each]) => (each === null ? `no ${kind}` : `${each.column} ${each.state} ${each.detail}`.trim())).join(', ')
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
