const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Whether a line ends in LF alone: a head that some implementations take for finished, and that the gateway refuses at once. */
export function hasBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(lineFeed, from); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (at === 0 || bytes[at - 1] !== carriageReturn) return true
  }
  return false
}
