/** The mode `strict`: each request waits for one script, which counts it by all of its limits or by none. */
import type { AskingRequest } from '../shared-counting.ts'
import type { Asker, StrictQuestion, StrictQuestions, Verdict } from './strict-questions.ts'
import { StrictWindow } from './strict-window.ts'

/** `null`: there was no reply. */
export function askStrictly({ counted }: AskingRequest, questions: StrictQuestions): Promise<ReadonlyMap<Asker, Verdict> | null> {
  const asked: StrictQuestion[] = []
  for (let index = 0; index < counted.size; index++) {
    const { window } = counted.counters[index]!
    if (window instanceof StrictWindow) asked.push({ window, low: counted.low[index]!, high: counted.high[index]! })
  }
  return questions.ask(asked)
}
