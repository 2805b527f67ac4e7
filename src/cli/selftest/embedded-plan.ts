/** The plan inside a gateway.mjs: a text in a declaration of its own, which can be taken out and put back without touching the code. */
import { Script } from 'node:vm'
import { digestOf } from '../../compiler/digest.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { UsageError } from '../failures.ts'

/** `code`: every byte of the file but those of the plan's text. */
export type GatewayText = { readonly before: string; readonly plan: GatewayPlan; readonly after: string }

/** What the bundler writes in front of the text of `postern:plan`. */
const declaration = /^\/\/ postern:plan\nvar [\w$]+ = /gm

/** Throws a UsageError where the plan is not in its place, or there twice. */
export function takeApart(gateway: string): GatewayText {
  const [found, ...others] = gateway.matchAll(declaration)
  if (found === undefined || others.length > 0) throw unknownForm()
  const start = found.index + found[0].length
  const end = endOfLiteral(gateway, start)
  if (end === null || !gateway.startsWith(';\n', end)) throw unknownForm()
  return { before: gateway.slice(0, start), plan: readPlan(gateway.slice(start, end)), after: gateway.slice(end) }
}

/** The same code beside another plan. */
export function withPlan({ before, after }: GatewayText, plan: GatewayPlan): string {
  return `${before}${JSON.stringify(JSON.stringify(plan))}${after}`
}

/** Names the code alone: two gateways with the same one run the same bytes beside their plans. */
export function codeDigest({ before, after }: GatewayText): string {
  return digestOf(`${before}\0${after}`)
}

/** The manifest of the same gateway with another plan: its first line names the file's digest, and nothing else in it changes. */
export function manifestFor(manifest: string, gateway: string): string {
  return manifest.replace(/^\{\n {2}"digest": "[^"]*"/, `{\n  "digest": "${digestOf(gateway)}"`)
}

/** Behind the closing quote; `null` where no text begins, or one that is more than a text. */
function endOfLiteral(source: string, start: number): number | null {
  const quote = source[start]
  if (quote !== "'" && quote !== '"' && quote !== '`') return null
  for (let position = start + 1; position < source.length; position++) {
    const character = source[position]
    if (character === '\\') position++
    else if (character === quote) return position + 1
    else if (quote === '`' ? character === '$' && source[position + 1] === '{' : character === '\n') return null
  }
  return null
}

/** The literal has been seen to be one text, without anything that is evaluated. */
function readPlan(literal: string): GatewayPlan {
  const text: unknown = new Script(`(${literal})`).runInNewContext(Object.create(null))
  const plan: unknown = typeof text === 'string' ? JSON.parse(text) : null
  if (typeof plan !== 'object' || plan === null || !('format' in plan) || plan.format !== 1) throw unknownForm()
  // Written by the compiler of this format.
  return plan as GatewayPlan
}

function unknownForm(): UsageError {
  return new UsageError('gateway.mjs does not hold its plan as this version of Postern writes it.', 'Use the version that built it.')
}
