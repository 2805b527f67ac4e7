/** Many answers from one seed. Answer n of a seed is always the same, whatever went before it. */
import { Random } from '../random.ts'
import { Answers } from './answers.ts'
import { splitsOf } from './differential.ts'
import { makeAnswer } from './generate-answer.ts'
import { shrink } from './shrink.ts'

export type AnswerFailure = {
  readonly index: number
  readonly wrong: string
  /** As short as it could be made, as a string literal. */
  readonly answer: string
}

/** Goes on until `enough` says so, or three answers have failed. */
export async function runAnswers(
  seed: number,
  enough: (answers: number) => boolean,
): Promise<{ readonly answers: number; readonly failures: readonly AnswerFailure[] }> {
  const answers = await Answers.start()
  const failures: AnswerFailure[] = []
  let index = 0
  for (; !enough(index) && failures.length < 3; index++) {
    const random = new Random(seed + Math.imul(index, 0x9e3779b1))
    const answer = makeAnswer(random)
    const method = random.onceIn(8) ? 'HEAD' : 'GET'
    const splits = splitsOf(random, answer)
    const wrong = await answers.check(answer, method, splits)
    if (wrong === null) continue
    if ((await answers.check(answer, method)) === null) {
      failures.push({ index, wrong: `${wrong} (when it is split at ${splits.join(', ')})`, answer: `${method} ${JSON.stringify(answer)}` })
      continue
    }
    const smallest = await shrink(answer, async (text) => (await answers.check(text, method)) !== null)
    failures.push({
      index,
      wrong: (await answers.check(smallest, method)) ?? 'now and then',
      answer: `${method} ${JSON.stringify(smallest)}`,
    })
  }
  await answers.stop()
  return { answers: index, failures }
}
