/** Postern's own version; equal to package.json's, which a test checks. */
export const posternVersion = '0.1.0'

/** The oldest Node major that runs the CLI and every bundle. */
export const minimumNodeMajor = 24
