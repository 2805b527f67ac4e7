/**
 * All operations of a project in the plan's order, each with its API. The order is total and does not depend on the order of the
 * definition, so that moving an operation within a file leaves the gateway as it is.
 */
import type { Project } from '../model/model.ts'
import type { Api } from '../model/types/api.ts'
import type { Operation } from '../model/types/operation.ts'

export type OrderedOperation = {
  readonly api: Api
  readonly apiIndex: number
  readonly operation: Operation
  /** Base path and template: what the client sees. */
  readonly template: string
}

export function orderedOperations(project: Project): readonly OrderedOperation[] {
  return project.apis
    .flatMap((api, apiIndex) =>
      api.operations.map((operation) => ({ api, apiIndex, operation, template: api.basePath.value + operation.template })),
    )
    .toSorted(
      (a, b) => a.apiIndex - b.apiIndex || compareText(a.template, b.template) || compareText(a.operation.method, b.operation.method),
    )
}

/**
 * One label for each operation: its operationId where no other operation can have that label, else `METHOD template`, which is
 * unique in a checked project.
 */
export function operationLabels(operations: readonly OrderedOperation[]): readonly string[] {
  const methodAndTemplate = operations.map(({ operation, template }) => `${operation.method} ${template}`)
  const timesUsed = new Map<string, number>(methodAndTemplate.map((label) => [label, 1]))
  for (const { operation } of operations) {
    const id = operation.operationId
    if (id !== null) timesUsed.set(id, (timesUsed.get(id) ?? 0) + 1)
  }
  return operations.map(({ operation }, index) => {
    const id = operation.operationId
    return id !== null && timesUsed.get(id) === 1 ? id : methodAndTemplate[index]!
  })
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
