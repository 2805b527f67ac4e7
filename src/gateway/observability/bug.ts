/** Where a bug is, without what the request held: messages may quote it. */
export function describeBug(error: unknown): { readonly stack: string } {
  return { stack: error instanceof Error ? (error.stack ?? error.name).replace(error.message, '…') : typeof error }
}
