/** What the process ends with; scripts rely on it. */
export const exitCodes = {
  fine: 0,
  /** The definition, the policies or a comparison have errors. */
  findings: 1,
  /** Wrong usage, or a file that cannot be read or written. */
  usage: 2,
  /** Somebody else did not do what was asked for, or did not say so in time (EX_UNAVAILABLE of sysexits.h). Worth trying again. */
  unavailable: 69,
  /** A bug in Postern (EX_SOFTWARE of sysexits.h). */
  bug: 70,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
