/** Which Redis it is that answers: one that follows another knows no more than that has told it. */
import { RedisRefusal, type RedisSession } from '../redis/redis-session.ts'

type Session = Pick<RedisSession, 'run'>

/** Differs from one process to the next; `null` where it may not be asked. */
export async function processOf(session: Session): Promise<string | null> {
  return /^run_id:(\w+)/m.exec((await infoOf(session, 'server')) ?? '')?.[1] ?? null
}

/**
 * Milliseconds since a replica has heard of its master, which is every ten seconds at the least; infinite where the master is away; 0 for a
 * master, and where nobody may ask.
 */
export async function heardOfMaster(session: Session): Promise<number> {
  const info = (await infoOf(session, 'replication')) ?? ''
  if (!/^role:slave\b/m.test(info)) return 0
  const [, seconds] = /^master_last_io_seconds_ago:(\d{1,9})\b/m.exec(info) ?? []
  return /^master_link_status:up\b/m.test(info) && seconds !== undefined ? Number(seconds) * 1000 : Number.POSITIVE_INFINITY
}

/** `null` where it may not be asked. */
async function infoOf(session: Session, section: string): Promise<string | null> {
  try {
    return String(await session.run(['INFO', section]))
  } catch (error) {
    if (error instanceof RedisRefusal && error.word === 'NOPERM') return null
    throw error
  }
}
