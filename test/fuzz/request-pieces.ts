/** What requests are put together from: for each part what is usual, and what parsers disagree about. Text is latin1. */

export const methods: readonly string[] = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE']
export const oddMethods: readonly string[] = [
  'get',
  'CONNECT',
  'PRI',
  'M-SEARCH',
  'FOO',
  'G',
  'GETT',
  'QUERY',
  "!#$%&'*+-.^_`|~",
  'GE\tT',
  '',
  'GET ',
]

export const segments: readonly string[] = ['a', 'bc', 'x.y', '%41', '%2F', 'a%2fb', '%C3%A9', 'a;b=c', "-._~!$&'()*+,=:@", '%20', '1']
export const oddSegments: readonly string[] = [
  '.',
  '..',
  '%2e%2e',
  '..;x',
  '..%2F',
  '%',
  '%zz',
  '%00',
  '%ff',
  '\\',
  '%5c',
  '\xe9',
  '"',
  '<',
  '|',
  '[',
  '{',
  '^',
  '`',
  '#',
  '',
  ' ',
  '\t',
  '\0',
  '%u0041',
  '%c0%ae',
  '%252e',
]

export const queries: readonly string[] = ['', '', '', '?', '?a=b', '?a[]=%41&b=/?:@', '?x|y^z`{"<>}', '?%2F..%2F']
export const oddQueries: readonly string[] = ['?%', '?#', '?\\', '?\xe9', '?%00', '?a b', '?%ff', '#', '?%5C']

export const versions: readonly string[] = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0']
export const oddVersions: readonly string[] = [
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.',
  'HTTP/1',
  'HTTP/11.1',
  'HTTP/1.1 ',
  '',
  'RTSP/1.0',
  'ICE/1.0',
  'HTTP/1.01',
]

export const hosts: readonly string[] = ['Host: a', 'Host: example.com', 'host: a:80', 'HOST:a', 'Host:\t[::1]:8080 ', 'Host: 127.0.0.1']
export const oddHosts: readonly string[] = [
  '',
  'Host:',
  'Host: a b',
  'Host: a,b',
  'Host: u@a',
  'Host: a/b',
  'Host: a\r\nHost: a',
  'Host : a',
  'Ho_st: a',
  'Host: \xe9',
  'Host: a:b',
  'Host: a?b',
  'Host: "a"',
]

export const fields: readonly string[] = [
  'X-A: b',
  'x-a:b',
  'X-Empty:',
  'X-Spaces: \t b c \t',
  'X-Latin: caf\xe9 \x80\xff',
  'Accept: */*',
  'Cookie: a=b; c=d',
  'Authorization: Bearer abc',
  'X-Forwarded-For: 6.6.6.6',
  'X_Forwarded_For: 6.6.6.6',
  'Forwarded: for=6.6.6.6',
  'X-Request-Id: forged',
  'Via: 1.1 other',
  'TE: trailers',
  'Trailer: X-T',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: close',
  "!#$%&'*+-.^_`|~: token",
  'Content-Type: text/plain',
  'Expect: 100-continue',
  'Transfer_Encoding: chunked',
  'Content_Length: 3',
]
export const oddFields: readonly string[] = [
  ' X: folded',
  '\tX: folded',
  'X : y',
  ': y',
  'X',
  'X Y: z',
  'X\0: y',
  'X: a\0b',
  'X: a\x01b',
  'X: a\x7fb',
  'X: a\rb',
  'X: a\nb',
  'X\xe9: y',
  '"X": y',
  'X: y\r\n z',
  'Authorization: a\r\nAuthorization: b',
  'Expect: x',
  'Expect: 100-continue\r\nExpect: x',
  'Upgrade: websocket\r\nConnection: upgrade',
  'HTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
]

export const connections: readonly string[] = [
  '',
  '',
  '',
  '',
  'Connection: keep-alive',
  'Connection: close',
  'connection: X-A, keep-alive',
  'Connection: close, te',
  'Connection: Content-Length',
  'Connection:',
]
export const oddConnections: readonly string[] = [
  'Connection: a b',
  'Connection: "close"',
  'Connection: close;q=1',
  'Connection: keep-alive\r\nConnection: close',
  'Connection: \xe9',
  'Connection: ,,close,',
]

export const oddLengths: readonly string[] = [
  '+5',
  '-5',
  '5, 5',
  '5,5',
  '0x5',
  '5.0',
  '',
  ' ',
  '05',
  '00000000000000000005',
  '18446744073709551621',
  '9007199254740992',
  '5 5',
  '1e1',
  '"5"',
  '2000',
  '5\t',
]
export const oddEncodings: readonly string[] = [
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'xchunked',
  'chunked;q=1',
  '',
  ' chunked ',
  'Chunked',
  'CHUNKED',
  '\x0bchunked',
  '"chunked"',
  'chunked,',
  ',chunked',
  'chunked\r\nTransfer-Encoding: chunked',
]

export const extensions: readonly string[] = ['', '', '', '', ';a', ';a=b', ';a="b c";d']
export const oddExtensions: readonly string[] = [
  ';',
  ';;',
  '; a',
  ' ;a',
  ' ',
  '\t',
  ';a=',
  ';a="',
  ';a b',
  ';\xe9',
  ';a\rb',
  ';a\nb',
  ';a="\\""',
  ';=b',
  ';a=b=c',
  `;${'a'.repeat(300)}`,
]

export const oddSizes: readonly string[] = [
  '0x5',
  '+5',
  '-5',
  ' 5',
  '5 ',
  '5_',
  '',
  'g',
  '000000005',
  '00000005',
  'FFFFFFFF',
  '100000005',
  '10000000000000005',
  '"5"',
]

export const trailers: readonly string[] = ['', '', '', '', 'X-T: y\r\n', 'X-T:\r\nX-U: z\r\n']
export const oddTrailers: readonly string[] = [
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'X : y\r\n',
  'X\r\n',
  ' X: y\r\n',
  'X: \0\r\n',
  'X: y\n',
  'Host: b\r\n',
  'X: y\r\n z\r\n',
]

export const oddLineEnds: readonly string[] = ['\n', '\r', '\r\r\n', '\n\r', '', '\r\n\r\n', ' \r\n', '\r\n ']
