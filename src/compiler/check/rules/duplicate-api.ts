import { repeatedApis, type Sameness } from '../routes.ts'
import type { Rule } from '../rule.ts'

const hints: Readonly<Record<Sameness, string>> = {
  'title and version':
    'Another base path is not enough, as logs and metrics tell APIs by title and version: change `info.title` or `info.version` of one; of a .proto file, `title` in its policy file.',
  routes: 'Give one of the two its own base path: `apis[].basePath`.',
  'title, version and routes': 'Remove one of the two, or change its `info.title` or `info.version` and also its base path.',
}

export const rule: Rule = ({ project, report }) => {
  for (const [api, { earlier, same }] of repeatedApis(project)) {
    report('duplicate-api', api.at, `the API has the same ${same} as the one of \`${earlier.definition}\``, hints[same])
  }
}
