// SPDX-License-Identifier: Apache-2.0
// Enqueues jobs and works on them with BullMQ. Reads lines: "run" and the milliseconds of enqueueing, or "idle" for workers
// that wait. Prints a line for each: the number of jobs, the nanoseconds of enqueueing and those of working, or "idle".
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';

const WORKERS = 8;
const url = new URL(process.env.REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port), db: Number(url.pathname.slice(1)) };
const payload = { text: 'x'.repeat(189) };
const queue = new Queue('bench', {
  connection,
  defaultJobOptions: { attempts: 3, removeOnComplete: true },
});

function startWorker() {
  return new Worker('bench', async () => {}, { connection, concurrency: WORKERS, autorun: false });
}

async function enqueue(millis) {
  const end = performance.now() + millis;
  let jobs = 0;
  const caller = async () => {
    while (performance.now() < end) {
      await queue.add('work', payload);
      jobs++;
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, caller));
  return jobs;
}

async function work(jobs) {
  const worker = startWorker();
  await worker.waitUntilReady();
  const start = process.hrtime.bigint();
  await new Promise((resolve, reject) => {
    let completed = 0;
    worker.on('completed', () => {
      if (++completed === jobs) resolve();
    });
    worker.on('failed', (job, error) => reject(error));
    worker.on('error', reject);
    worker.run().catch(reject);
  });
  const nanos = process.hrtime.bigint() - start;
  await worker.close();
  return nanos;
}

await queue.waitUntilReady();
for await (const line of createInterface({ input: process.stdin })) {
  const [command, millis] = line.split(' ');
  if (command === 'idle') {
    const worker = startWorker();
    await worker.waitUntilReady();
    worker.run();
    console.log('idle');
  } else {
    const start = process.hrtime.bigint();
    const jobs = await enqueue(Number(millis));
    const enqueued = process.hrtime.bigint() - start;
    console.log(`${jobs} ${enqueued} ${await work(jobs)}`);
  }
}
