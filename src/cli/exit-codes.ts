/** What the process ends with; scripts rely on it. */
export const exitCodes = {
  fine: 0,
  /** The definition, the policies or a comparison have errors. */
  findings: 1,
  /** Wrong usage, or a file that cannot be read or written. */
  usage: 2,
  /** A bug in Postern (EX_SOFTWARE of sysexits.h). */
  bug: 70,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
