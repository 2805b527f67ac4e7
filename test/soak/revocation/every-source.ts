import { etcdIsMissing } from '../../wire/etcd.ts'
import { rabbitIsMissing } from '../../wire/rabbitmq.ts'
import { redisIsMissing } from '../../wire/redis.ts'
import { etcdSource } from './etcd-source.ts'
import { listSource } from './list-source.ts'
import { redisSource } from './redis-source.ts'
import type { Source } from './source.ts'
import { amqp10Source, topicSource } from './topic-source.ts'

/** `missing`: why it cannot be started here, or false. */
export type SourceKind = { readonly name: string; readonly missing: string | false; readonly start: () => Promise<Source> }

export const everySource: readonly SourceKind[] = [
  { name: 'list', missing: false, start: listSource },
  { name: 'etcd', missing: etcdIsMissing, start: etcdSource },
  { name: 'redis', missing: redisIsMissing, start: redisSource },
  { name: 'amqp', missing: rabbitIsMissing, start: topicSource },
  { name: 'amqp10', missing: rabbitIsMissing, start: amqp10Source },
]
