/** A plot of how exactly a limit holds: what was offered, what was let through, and how much of that any window held. As SVG. */

export type AccuracyRun = {
  readonly title: string
  readonly limit: number
  /** All times are milliseconds. */
  readonly window: number
  readonly length: number
  /** Moments, in order. */
  readonly offered: readonly number[]
  readonly admitted: readonly number[]
}

const width = 720
const height = 300
const frame = { left: 56, right: 12, top: 30, bottom: 34 }
const points = 360

/** How many of `moments` are in the window that ends at each point of the plot. */
export function heldByWindow(moments: readonly number[], { window, length }: AccuracyRun): readonly number[] {
  let first = 0
  let last = 0
  return Array.from({ length: points + 1 }, (_, index) => {
    const now = (index * length) / points
    while (last < moments.length && moments[last]! <= now) last++
    while (first < last && moments[first]! <= now - window) first++
    return last - first
  })
}

export function accuracyPlot(run: AccuracyRun): string {
  const { title, limit, window, length } = run
  const top = 2.5 * limit
  const x = (index: number): string => (frame.left + (index * (width - frame.left - frame.right)) / points).toFixed(1)
  const y = (value: number): string =>
    (height - frame.bottom - (Math.min(value, top) * (height - frame.top - frame.bottom)) / top).toFixed(1)
  const line = (values: readonly number[]): string => values.map((value, index) => `${x(index)},${y(value)}`).join(' ')
  const text = (at: string, from: string, anchor: string, words: string): string =>
    `<text x="${at}" y="${from}" text-anchor="${anchor}">${words}</text>`
  const ticks = [0, 1, 2].map((factor) => text(`${frame.left - 6}`, y(factor * limit), 'end', `${factor * limit}`))
  const marks = Array.from({ length: Math.floor(length / window) + 1 }, (_, index) =>
    text(x((index * window * points) / length), `${height - frame.bottom + 16}`, 'middle', `${(index * window) / 1_000} s`),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${title}: offered, let through and limit</title>
<rect width="${width}" height="${height}" fill="white"/>
${text(`${frame.left}`, '18', 'start', `${title}: requests within the last ${window / 1_000} s`)}
<polygon fill="#dddddd" points="${x(0)},${y(0)} ${line(heldByWindow(run.offered, run))} ${x(points)},${y(0)}"/>
<polyline fill="none" stroke="#1f5fbf" stroke-width="1.5" points="${line(heldByWindow(run.admitted, run))}"/>
<line x1="${x(0)}" x2="${x(points)}" y1="${y(limit)}" y2="${y(limit)}" stroke="#c03030" stroke-dasharray="5 3"/>
<line x1="${x(0)}" x2="${x(points)}" y1="${y(0)}" y2="${y(0)}" stroke="black"/>
${[...ticks, ...marks].join('\n')}
<rect x="${width - 260}" y="8" width="12" height="10" fill="#dddddd"/>${text(`${width - 244}`, '17', 'start', 'offered')}
<line x1="${width - 190}" x2="${width - 176}" y1="13" y2="13" stroke="#1f5fbf" stroke-width="2"/>${text(`${width - 170}`, '17', 'start', 'let through')}
<line x1="${width - 90}" x2="${width - 76}" y1="13" y2="13" stroke="#c03030" stroke-dasharray="5 3"/>${text(`${width - 70}`, '17', 'start', 'limit')}
</svg>
`
}
