/** Gathers figures as Prometheus' text exposition format, version 0.0.4, has them: families of samples. Threads' figures can be merged. */
type Kind = 'counter' | 'gauge' | 'histogram' | 'summary'

/**
 * What a figure of the process is, made of the figures of its threads: their `sum`; the `largest`, where all count in shared memory or one
 * speaks for all; the `first`, which is the main thread's, where it is about the process as a whole.
 */
export type Across = 'sum' | 'largest' | 'first'

/** Plain data, so that one thread can send it to another. */
export type Family = {
  readonly name: string
  readonly kind: Kind
  readonly help: string
  readonly across: Across
  /** By name and labels, as they are written. */
  readonly samples: Map<string, number>
}

export class Exposition {
  readonly families: Family[] = []

  /** Opens a metric family; its samples must follow directly. */
  family(name: string, kind: Kind, help: string, across: Across = 'sum'): void {
    this.families.push({ name, kind, help, across, samples: new Map() })
  }

  sample(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    this.families.at(-1)?.samples.set(name + labelText(labels), value)
  }

  /** A family of one sample without labels. */
  single(name: string, kind: Kind, help: string, value: number, across: Across = 'sum'): void {
    this.family(name, kind, help, across)
    this.sample(name, {}, value)
  }
}

export function expositionText(families: readonly Family[]): string {
  let text = ''
  for (const { name, kind, help, samples } of families) {
    text += `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`
    for (const [series, value] of samples) text += `${series} ${valueText(value)}\n`
  }
  return text
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** Backslash, double quote and line feed are escaped in a label's value; nothing else is. */
function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function valueText(value: number): string {
  if (value === Infinity) return '+Inf'
  return Number.isFinite(value) ? String(value) : 'NaN'
}
