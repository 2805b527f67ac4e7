import type { Project } from '../model/model.ts'
import type { RequiredScheme, Requirement, Security } from '../model/types/security.ts'

type Required = {
  readonly required: RequiredScheme
  readonly requirement: Requirement
  readonly security: Extract<Security, { kind: 'required' }>
}

/** Every scheme that is named somewhere, also where it applies to no operation. */
export function* namedSchemes(project: Project): Generator<RequiredScheme> {
  for (const { rootRequirements } of project.apis) for (const { schemes } of rootRequirements) yield* schemes
  for (const { required } of requiredSchemes(project)) yield required
}

/** Every scheme that some operation asks for. What an API says for all its operations comes once. */
export function* requiredSchemes(project: Project): Generator<Required> {
  const seen = new Set<readonly Requirement[]>()
  for (const api of project.apis) {
    for (const { security } of api.operations) {
      if (security.kind !== 'required' || seen.has(security.requirements)) continue
      seen.add(security.requirements)
      for (const requirement of security.requirements) {
        for (const required of requirement.schemes) yield { required, requirement, security }
      }
    }
  }
}
