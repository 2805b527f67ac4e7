import type { Placed, Project } from '../model/model.ts'

/** Every place where an API or an operation names a tier. */
export function* namedTiers(project: Project): Generator<Placed<string>> {
  for (const api of project.apis) {
    if (api.throttle !== null) yield api.throttle.tier
    for (const operation of api.operations) {
      if (operation.throttle !== null) yield operation.throttle.tier
    }
  }
}
