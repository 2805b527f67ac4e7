import type { ScopesAnswer, ScopesQuestion } from 'postern/extension'

export function validateScopes({ request, standard }: ScopesQuestion): ScopesAnswer {
  return request.operation === 'closed' ? false : standard
}
