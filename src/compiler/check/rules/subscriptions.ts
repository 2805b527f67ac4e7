import type { Project } from '../../model/model.ts'
import { isSubscriptionTo } from '../../model/subscription-meaning.ts'
import type { Api } from '../../model/types/api.ts'
import type { Placed } from '../../model/types/placed.ts'
import type { Application, ConsumerKey } from '../../model/types/subscriptions.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule, RuleContext } from '../rule.ts'

/** Subscriptions to APIs that are not there, keys of nobody, and APIs whose callers could not have one. */
export const rule: Rule = (context) => {
  const { project, complete } = context
  for (const api of project.apis) checkWithoutFile(api, context)
  // What could not be read has been reported.
  if (!complete) return
  const holders = new Map<string, ConsumerKey>()
  for (const application of project.subscriptions?.applications ?? []) {
    for (const key of application.keys) {
      checkKey(key, context)
      checkTwice(key, holders, context)
    }
    checkSubscriptions(application, context)
  }
}

/** Only tokens can say themselves what their application is subscribed to. */
function checkWithoutFile({ validateSubscriptions, operations }: Api, { project, report }: RuleContext): void {
  if (validateSubscriptions?.value !== true || project.subscriptions !== null) return
  const others = operations.some(
    ({ security }) =>
      security.kind === 'required' &&
      security.requirements.some(({ schemes }) => schemes.length > 0 && schemes.every(({ scheme }) => scheme.kind !== 'token')),
  )
  if (!others) return
  const message = 'callers without a token need a subscription, and postern.yaml names no file that says who has one'
  report('unenforceable-security', validateSubscriptions.at, message, 'Add `subscriptions: subscriptions.yaml`.')
}

function checkKey({ kind, name, issuer }: ConsumerKey, { project, report }: RuleContext): void {
  const known = (names: readonly string[], what: string): void => {
    if (!names.includes(name.value))
      report('invalid-subscriptions', name.at, `${what} ${quoted(name.value)} is not known`, () => didYouMean(name.value, names))
  }
  const consumers = [...(project.apiKeys ?? []), ...(project.clientCertificates?.holders ?? [])].map(({ consumer }) => consumer)
  if (kind === 'consumer') known([...new Set(consumers)], 'the consumer')
  if (kind === 'user')
    known(
      (project.users ?? []).map((user) => user.name),
      'the user',
    )
  if (kind === 'client') checkIssuer(name, issuer, project, report)
}

/** Two issuers may give one id to different clients. */
function checkIssuer(name: Placed<string>, issuer: Placed<string> | null, { issuers }: Project, report: RuleContext['report']): void {
  const names = issuers.map((each) => each.issuer)
  if (issuer !== null && !names.includes(issuer.value)) {
    report('unknown-issuer', issuer.at, `${quoted(issuer.value)} is no issuer of the project`, () => didYouMean(issuer.value, names))
  }
  if (issuer !== null || issuers.length === 1) return
  const message =
    issuers.length === 0 ? 'a client id comes in tokens, and the project has no issuer' : 'the key does not say whose client it is'
  report('invalid-subscriptions', name.at, message, 'Name the `issuer` beside `client`.')
}

function checkTwice(key: ConsumerKey, holders: Map<string, ConsumerKey>, { report }: RuleContext): void {
  const holder = JSON.stringify([key.kind, key.issuer?.value ?? null, key.name.value])
  const earlier = holders.get(holder)
  holders.set(holder, earlier ?? key)
  if (earlier === undefined) return
  report(
    'invalid-subscriptions',
    key.name.at,
    `the same key is already there, at line ${earlier.name.at.line}`,
    'A key belongs to one application.',
  )
}

function checkSubscriptions({ subscriptions }: Application, { project, report }: RuleContext): void {
  const titles = project.apis.map(({ title }) => title)
  for (const { api, version } of subscriptions) {
    const named = project.apis.filter(({ title }) => title === api.value)
    if (named.length === 0) {
      report('invalid-subscriptions', api.at, `no API has the title ${quoted(api.value)}`, () => didYouMean(api.value, titles))
    } else if (version.value !== '*' && named.every((each) => each.version !== version.value)) {
      const versions = named.map((each) => each.version)
      const hint = `It has ${versions.map(quoted).join(', ')}; \`"*"\` stands for every one.`
      report('invalid-subscriptions', version.at, `the API ${quoted(api.value)} has no version ${quoted(version.value)}`, hint)
    }
  }
  for (const each of project.apis) {
    const [first, second] = subscriptions.filter((subscription) => isSubscriptionTo(subscription, each))
    if (first === undefined || second === undefined) continue
    const message = `there is another subscription to this API, at line ${first.api.at.line}`
    report('invalid-subscriptions', second.api.at, message, 'Keep one of the two.')
  }
}
