import type { Queue } from 'bullmq';
import { type Sample, secondsSince, type Source } from './figures.js';

/** Live jobs wait; those of an import are prioritized behind them. */
const waiting = ['waiting', 'prioritized'] as const;

type Name = 'queue_jobs' | 'queue_oldest_job_age_seconds' | 'queue_paused';

/** How much waits in the queues, and for how long; the same on Redis and PostgreSQL. */
export function queueFigures(queues: Queue[]): Source<Name> {
  return {
    dependency: 'queue',
    figures: {
      queue_jobs: ['Jobs by queue and state', 'queue', 'state'],
      queue_oldest_job_age_seconds: ['For how long the first job in line has been there; 0 when there is none', 'queue', 'state'],
      queue_paused: ['1 while an admin holds a queue', 'queue'],
    },
    read: async () => (await Promise.all(queues.map(figuresOf))).flat(),
  };
}

async function figuresOf(queue: Queue): Promise<Sample<Name>[]> {
  const [counts, paused, ...firsts] = await Promise.all([
    queue.getJobCounts(),
    queue.isPaused(),
    ...waiting.map((state) => queue.getJobs([state], 0, 0, true)),
  ]);
  const ages = firsts.map((jobs) => Math.max(0, ...jobs.map(({ timestamp }) => secondsSince(timestamp))));
  return [
    ...Object.entries(counts).map(([state, count]): Sample<Name> => ['queue_jobs', count, queue.name, state]),
    ...waiting.map((state, at): Sample<Name> => ['queue_oldest_job_age_seconds', ages[at]!, queue.name, state]),
    ['queue_paused', Number(paused), queue.name],
  ];
}
