/** A backend that answers as a scenario says: in every form, cut anywhere. */
import { setImmediate } from 'node:timers/promises'
import type { BackendRequest } from '../wire/backend.ts'
import type { ScenarioAnswer } from './generate-scenario.ts'

const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'

/** The content of the answer to the request of this name. */
export function contentFor(name: string, size: number): string {
  return `${name}|`.repeat(Math.ceil(size / (name.length + 1))).slice(0, size)
}

/** Whether a client that got `content` as a whole answer got what the backend sent, as far as anybody can tell. */
export function isContentFor(name: string, content: string, { form, size, cutAt }: ScenarioAnswer): boolean {
  const whole = contentFor(name, size)
  // Only an answer that ends with its connection may be a part of the whole.
  return content === whole || (form === 'until-close' && cutAt >= 0 && whole.startsWith(content))
}

/** `name`: unlike that of any other request; the answer shows it. */
export async function giveAnswer(request: BackendRequest, name: string, planned: ScenarioAnswer): Promise<void> {
  if (planned.patient) await request.whole
  for (let turn = 0; turn < planned.delay; turn++) await setImmediate()
  const text = answerText(name, request.method, planned)
  request.write(planned.cutAt < 0 ? text : text.slice(0, planned.cutAt))
  if (planned.cutAt >= 0 && planned.ending === 'reset') request.socket.resetAndDestroy()
  else if (planned.cutAt >= 0 || planned.form === 'until-close' || planned.form === 'closing') request.socket.end()
}

function answerText(name: string, method: string, { form, size }: ScenarioAnswer): string {
  const content = contentFor(name, size)
  const body = method === 'HEAD' ? '' : content
  const head = `HTTP/1.1 200 OK\r\nX-Target: ${name}\r\n`
  const length = `Content-Length: ${size}\r\n`
  switch (form) {
    case 'chunked': {
      const chunks = method === 'HEAD' ? '' : `${content === '' ? '' : `${size.toString(16)};a=b\r\n${content}\r\n`}0\r\nX: y\r\n\r\n`
      return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`
    }
    case 'until-close':
      return `${head}\r\n${body}`
    case 'closing':
      return `${head}${length}Connection: close\r\n\r\n${body}`
    case 'malformed':
      return `${head}${length}Transfer-Encoding: chunked\r\n\r\n${body}`
    case 'too-much':
      return `${head}${length}\r\n${body}${poison}`
    case 'interim':
      return `HTTP/1.1 103 Early Hints\r\nX-Target: none\r\n\r\n${head}${length}\r\n${body}`
    case 'length':
      return `${head}${length}\r\n${body}`
  }
}
