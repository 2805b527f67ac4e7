/** Claims of a backend token that only the gateway says. Nobody's claims of these names are taken over. */
export const gatewayClaims = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'scope', 'scopes', 'client_id', 'cnf'] as const

/** What follows the dialect and a slash in the names of WSO2's claims. */
export const dialectClaims = [
  'subscriber',
  'applicationid',
  'applicationUUId',
  'applicationname',
  'applicationtier',
  'apiname',
  'apicontext',
  'version',
  'tier',
  'keytype',
  'usertype',
  'enduser',
] as const
