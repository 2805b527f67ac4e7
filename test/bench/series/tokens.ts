import { type Contestant, enterAll, inTurn, leave, measure, usualLoad, warmUp } from '../contestant.ts'
import { mintTokens } from '../fixture/identity.ts'
import { verifyTokens } from '../load/verify-tokens.ts'
import { figure, spread, target } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

type Entry = { readonly contestant: Contestant; readonly kind: 'known' | 'new' }

const tokensPerRound = 6000
const mostTimesSignature = 3

/** One token again and again, against another one with each request: what a cache of verified tokens is worth. */
export const tokens: Series = {
  name: 'tokens',
  title: 'Token known and token new',
  run: async (run) => {
    const contestants = await enterAll(
      run,
      run.peers.filter(({ name, policies }) => policies && name !== 'postern-log'),
    )
    if (contestants.length === 0) return null
    const { rounds } = run.options
    run.progress(`tokens: minting ${tokensPerRound * rounds}`)
    const minted = await mintTokens(run.identity, 'new', tokensPerRound * rounds)
    const take = ({ contestant, kind }: Entry, round: number) => {
      run.progress(`tokens: round ${round + 1} of ${rounds}, ${contestant.name}, ${kind}`)
      const unused = minted
        .slice(tokensPerRound * round, tokensPerRound * (round + 1))
        .map((token) => ({ Authorization: `Bearer ${token}` }))
      // New tokens end the load when they are used up, long before their minute is over.
      return measure(contestant, kind === 'known' ? usualLoad(run) : { ...usualLoad(run), seconds: 60, token: null, once: unused })
    }
    const entries = contestants.flatMap((contestant): Entry[] => [
      { contestant, kind: 'known' },
      { contestant, kind: 'new' },
    ])
    await warmUp(run, contestants)
    const results = await inTurn(rounds, entries, take)
    await leave(contestants)

    const alone = await verifyTokens(run.identity, minted.slice(0, tokensPerRound))
    const rows = contestants.map((contestant) => {
      const [known = [], unknown = []] = [...results].filter(([entry]) => entry.contestant === contestant).map(([, taken]) => taken)
      const processor = (taken: typeof known) => taken.map((round) => round.processor)
      return [
        contestant.name,
        spread(summarise(processor(known))),
        spread(summarise(processor(unknown))),
        spread(ratiosByRound(processor(unknown), processor(known))),
        figure(summarise(unknown.map(({ rate }) => rate)).median),
      ]
    })
    return {
      columns: ['peer', 'known: CPU µs/request', 'new: CPU µs/request', 'new ÷ known', 'new: requests/s'],
      rows,
      notes: [
        `RS256, 2048 bits; ${tokensPerRound} new tokens in each of ${rounds} rounds, each token used once by each peer`,
        `in a loop of its own Postern takes ${figure(alone.whole)} µs for a new token, OpenSSL ${figure(alone.signature)} µs of them for the signature; under load, what both need is not in the processor's caches`,
        target('postern, new token ÷ its signature alone', alone.whole / alone.signature, mostTimesSignature),
      ],
    }
  },
}
