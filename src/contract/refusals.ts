/**
 * Every coded answer that a gateway gives instead of forwarding: the one table. Numeric codes are those that WSO2's clients know,
 * where WSO2 has one; the rest are the HTTP status times 100. `wso2` holds WSO2's own texts for `errors: wso2`.
 */
type RefusalEntry = {
  readonly status: number
  /** The number in the body's `code`. */
  readonly code: number
  readonly title: string
  readonly detail: string
  readonly wso2: { readonly message: string; readonly description: string }
  /** The connection cannot be used after this: what follows on it is not known to be a request. */
  readonly closes: boolean
}

const noMatch = {
  message: 'No matching resource found in the API for the given request',
  description: 'Check the API documentation and add a proper REST resource path to the invocation URL',
}
const throttled = { message: 'Message throttled out', description: 'You have exceeded your quota' }

function protocol(status: number, title: string, detail: string): RefusalEntry {
  return { status, code: status * 100, title, detail, wso2: { message: title, description: detail }, closes: true }
}

function refusal(
  status: number,
  code: number,
  title: string,
  detail: string,
  wso2?: { message: string; description: string },
): RefusalEntry {
  return { status, code, title, detail, wso2: wso2 ?? { message: title, description: detail }, closes: false }
}

export const refusals = {
  'bad-request': protocol(400, 'Bad Request', 'The request is not well-formed HTTP.'),
  'bad-target': protocol(400, 'Bad Request', 'The request target is not acceptable.'),
  'bad-host': protocol(400, 'Bad Request', 'The request must have exactly one valid Host field.'),
  'bad-framing': protocol(400, 'Bad Request', 'The length of the request body is not given in one clear way.'),
  'duplicate-credential': protocol(400, 'Bad Request', 'The request carries more than one credential.'),
  'bad-upgrade': protocol(400, 'Bad Request', 'The request to switch protocols is not well-formed.'),
  'request-timeout': protocol(408, 'Request Timeout', 'The request did not arrive in time.'),
  'body-too-large': protocol(413, 'Content Too Large', 'The request body is larger than this operation allows.'),
  'target-too-long': protocol(414, 'URI Too Long', 'The request target is longer than the gateway allows.'),
  'bad-expectation': protocol(417, 'Expectation Failed', 'Only the expectation 100-continue is supported.'),
  'head-too-large': protocol(431, 'Request Header Fields Too Large', 'The request head is larger than the gateway allows.'),
  'not-tunnelled': protocol(501, 'Not Implemented', 'The gateway does not tunnel.'),
  'bad-version': protocol(505, 'HTTP Version Not Supported', 'The gateway speaks HTTP/1.1 and HTTP/1.0.'),

  'no-route': refusal(404, 900906, 'Not Found', 'No operation matches the request.', noMatch),
  'no-method': refusal(405, 900906, 'Method Not Allowed', 'The path exists, but not with this method.', {
    message: 'Method not allowed',
    description: 'Method not allowed for given API resource',
  }),

  'credential-missing': refusal(401, 900902, 'Missing Credentials', 'The operation requires a credential.', {
    message: 'Missing Credentials',
    description: 'Missing Credentials. Make sure your API request provides required credentials',
  }),
  'credential-invalid': refusal(401, 900901, 'Invalid Credentials', 'The credential is not valid.', {
    message: 'Invalid Credentials',
    description: 'Invalid Credentials. Make sure you have given the correct access token',
  }),
  'credential-expired': refusal(401, 900903, 'Credential Expired', 'The credential has expired.', {
    message: 'Access Token Expired',
    description: 'Access Token Expired',
  }),
  'certificate-missing': refusal(401, 900902, 'Missing Credentials', 'The operation requires a client certificate.', {
    message: 'Missing Credentials',
    description: 'Missing Credentials. Make sure your API request provides required credentials',
  }),
  'certificate-invalid': refusal(401, 900901, 'Invalid Credentials', 'The client certificate is not valid.', {
    message: 'Invalid Credentials',
    description: 'Invalid Credentials. Make sure you have given the correct access token',
  }),
  'credential-not-allowed': refusal(403, 900908, 'Forbidden', 'The credential may not be used here.', {
    message: 'Resource forbidden',
    description: 'User is NOT authorized to access the Resource',
  }),
  'subscription-missing': refusal(403, 900908, 'Forbidden', 'The caller is not subscribed to this API.', {
    message: 'Resource forbidden',
    description: 'User is NOT authorized to access the Resource. API Subscription validation failed.',
  }),
  'subscription-blocked': refusal(403, 900907, 'Forbidden', 'The subscription to this API is blocked.', {
    message: 'The requested API is temporarily blocked',
    description: 'The requested API is temporarily blocked',
  }),
  'subscription-inactive': refusal(403, 900909, 'Forbidden', 'The subscription to this API is not active.', {
    message: 'The subscription to the API is inactive',
    description: 'The subscription to the API is inactive',
  }),
  'too-many-attempts': refusal(429, 42900, 'Too Many Requests', 'Too many attempts with wrong credentials.'),
  'credentials-busy': refusal(503, 50300, 'Service Unavailable', 'Too many credentials are being verified.'),
  'credentials-unverifiable': refusal(503, 50300, 'Service Unavailable', 'The credential cannot be verified at present.'),
  'revocation-unknown': refusal(503, 50300, 'Service Unavailable', 'What is revoked is not known at the moment.'),
  'wrong-transport': refusal(403, 40300, 'Forbidden', 'The operation is not reached over this transport.'),
  'wrong-key-type': refusal(403, 900905, 'Forbidden', 'The API has no backend for this kind of token.', {
    message: 'Incorrect Access Token Type is provided',
    description: 'Key offered to the API with no endpoint of its type',
  }),
  'scope-missing': refusal(403, 900910, 'Forbidden', 'The credential does not have the required scope.', {
    message: 'The access token does not allow you to access the requested resource',
    description: 'The access token does not allow you to access the requested resource',
  }),

  'upgrade-required': refusal(426, 42600, 'Upgrade Required', 'The operation needs a switch of protocols.'),

  'caller-blocked': refusal(403, 900805, 'Forbidden', 'The caller has been blocked.', {
    message: 'Message blocked',
    description: 'You have been blocked from accessing the resource',
  }),

  'api-quota': refusal(429, 900800, 'Too Many Requests', 'The quota of this API has been used up.', throttled),
  'operation-quota': refusal(429, 900802, 'Too Many Requests', 'The quota of this operation has been used up.', throttled),
  'subscription-quota': refusal(429, 900804, 'Too Many Requests', 'The quota of the subscription has been used up.', throttled),
  'application-quota': refusal(429, 900803, 'Too Many Requests', 'The quota of the application has been used up.', throttled),
  'custom-quota': refusal(429, 900806, 'Too Many Requests', 'A quota has been used up.', throttled),
  'hard-limit': refusal(503, 900801, 'Service Unavailable', 'The limit of the API has been reached.', {
    message: 'API Limit Reached',
    description: 'API not accepting requests',
  }),
  'consumer-busy': refusal(429, 900800, 'Too Many Requests', 'The caller has as many requests in flight as this API allows.', throttled),
  busy: refusal(503, 900801, 'Service Unavailable', 'As many requests are in flight as the API allows.', {
    message: 'API Limit Reached',
    description: 'API not accepting requests',
  }),
  'tier-unknown': refusal(403, 900809, 'Forbidden', 'The tier of the caller is not known here.', {
    message: 'Internal server error',
    description: 'POLICY ENFORCEMENT ERROR',
  }),
  'tunnel-quota': refusal(429, 900802, 'Too Many Requests', 'The caller has as many open connections as this operation allows.', throttled),

  'quota-unknown': refusal(503, 50300, 'Service Unavailable', 'What is left of the quota is not known at the moment.'),

  'internal-error': refusal(500, 900900, 'Internal Server Error', 'The gateway failed to handle the request.', {
    message: 'Internal server error',
    description: 'Internal server error',
  }),
  'extension-failed': refusal(500, 900900, 'Internal Server Error', 'The gateway failed to handle the request.', {
    message: 'Internal server error',
    description: 'Internal server error',
  }),
  'extension-late': refusal(503, 50300, 'Service Unavailable', 'The request could not be judged in time.'),
  'connect-failed': refusal(502, 101503, 'Bad Gateway', 'The backend could not be reached.', {
    message: 'Runtime Error',
    description: 'Error connecting to the back end',
  }),
  'bad-answer': refusal(502, 101503, 'Bad Gateway', 'The backend gave no valid answer.', {
    message: 'Runtime Error',
    description: 'Error connecting to the back end',
  }),
  'address-unknown': refusal(502, 101505, 'Bad Gateway', 'The backend has no known address.', {
    message: 'Runtime Error',
    description: 'Malformed URL',
  }),
  'no-capacity': refusal(503, 101503, 'Service Unavailable', 'No connection to the backend is free.', {
    message: 'Runtime Error',
    description: 'Error connecting to the back end',
  }),
  'backend-credential-refused': refusal(502, 101503, 'Bad Gateway', 'The backend does not accept the credential of the gateway.', {
    message: 'Runtime Error',
    description: 'Error connecting to the back end',
  }),
  'backend-credential-unavailable': refusal(503, 101503, 'Service Unavailable', 'The gateway has no credential for the backend now.', {
    message: 'Runtime Error',
    description: 'Error connecting to the back end',
  }),
  'answer-timeout': refusal(504, 101504, 'Gateway Timeout', 'The backend did not answer in time.', {
    message: 'Runtime Error',
    description: 'Connection timed out',
  }),
} as const satisfies Readonly<Record<string, RefusalEntry>>

export type RefusalKind = keyof typeof refusals

/**
 * What a refusal's status is for a client that speaks gRPC: its own codes, given in trailers. Of the mapping in gRPC's documents only
 * where it loses what the gateway knows: a quota is RESOURCE_EXHAUSTED, and a deadline DEADLINE_EXCEEDED.
 */
export const grpcStatuses: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  405: 12,
  408: 1,
  413: 8,
  414: 8,
  417: 13,
  426: 12,
  429: 8,
  431: 8,
  500: 13,
  501: 12,
  502: 14,
  503: 14,
  504: 4,
  505: 12,
}
