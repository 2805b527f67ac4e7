/**
 * Path parameters (`/a;x=1/b`, RFC 3986 §3.3). Servlet containers take them away before they route, so that a backend may serve
 * `/admin` where the gateway has matched `/{id}` with `admin;x=1`. A template that says `;` itself stays usable.
 */
import type { RouteMethods, Router } from './router.ts'

/** Whether a backend that takes path parameters away would find another template than `found`, which is the canonical path's. */
export function changesWithoutParameters<T>(router: Router<T>, path: string, found: RouteMethods<T> | null): boolean {
  const literal = path.includes(';')
  const encoded = path.includes('%3B')
  return (literal && changes(router, path, found, /;[^/]*/g)) || (encoded && changes(router, path, found, /(?:;|%3B)[^/]*/g))
}

function changes<T>(router: Router<T>, path: string, found: RouteMethods<T> | null, parameters: RegExp): boolean {
  const other = router.find(path.replace(parameters, ''))
  return other !== null && other !== found
}
