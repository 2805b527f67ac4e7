/** Takes parts off a failing stream as long as it goes on failing, so that a person can see why. */
export async function shrink(stream: string, fails: (stream: string) => Promise<boolean>): Promise<string> {
  let smallest = stream
  for (let length = Math.ceil(stream.length / 2); length > 0; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let at = 0; at < smallest.length; ) {
      const shorter = smallest.slice(0, at) + smallest.slice(at + length)
      if (await fails(shorter)) smallest = shorter
      else at += length
    }
  }
  return smallest
}
