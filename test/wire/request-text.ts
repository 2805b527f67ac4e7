/** A whole request as text; `Host` is `gateway.example` unless the fields say otherwise. A body gets its Content-Length. */
export function requestText(method: string, target: string, fields: readonly string[] = [], body = ''): string {
  const host = fields.some((line) => /^host:/i.test(line)) ? [] : ['Host: gateway.example']
  const length = body === '' ? [] : [`Content-Length: ${body.length}`]
  return `${[`${method} ${target} HTTP/1.1`, ...host, ...fields, ...length].join('\r\n')}\r\n\r\n${body}`
}
