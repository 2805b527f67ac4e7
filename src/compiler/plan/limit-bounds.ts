/** How exactly the limits of a project hold, in a few lines: each of them, and how often they hold. */
import { exactnessOf } from './exactness.ts'
import type { Decisions } from './make-plan.ts'

/** Empty where nothing is limited. */
export function limitBounds({ plan: { throttling }, replicas }: Decisions): readonly string[] {
  const tiers = new Map<string, Set<string>>()
  for (const [index, { tier, windows }] of throttling.limits.entries()) {
    for (const window of windows) {
      const exactness = exactnessOf(window, index, { ...throttling, replicas })
      tiers.set(exactness, (tiers.get(exactness) ?? new Set()).add(tier))
    }
  }
  return [...tiers].map(([exactness, names]) => `${[...names].join(', ')}: ${exactness}`)
}
