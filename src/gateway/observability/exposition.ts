/** Writes Prometheus' text exposition format, version 0.0.4. */
type Kind = 'counter' | 'gauge' | 'histogram' | 'summary'

export class Exposition {
  text: string = ''

  /** Opens a metric family; its samples must follow directly. */
  family(name: string, kind: Kind, help: string): void {
    this.text += `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`
  }

  sample(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    this.text += `${name}${labelText(labels)} ${valueText(value)}\n`
  }

  /** A family of one sample without labels. */
  single(name: string, kind: Kind, help: string, value: number): void {
    this.family(name, kind, help)
    this.text += `${name} ${valueText(value)}\n`
  }
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
