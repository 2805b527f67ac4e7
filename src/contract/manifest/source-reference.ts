/** `file:line` within the project, with forward slashes. */
export type SourceReference = string
