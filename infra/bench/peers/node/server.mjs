// SPDX-License-Identifier: Apache-2.0
// Serves the routes of the HTTP benchmark with Fastify: checks by rate-limiter-flexible, the others by one EVALSHA on ioredis.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const script = (name) => readFileSync(join(process.env.BENCH_SCRIPTS, `${name}.lua`), 'utf8');
const redis = new Redis(process.env.REDIS_URL);
redis.defineCommand('lookup', { numberOfKeys: 1, lua: script('lookup') });
redis.defineCommand('claim', { numberOfKeys: 1, lua: script('claim') });

// One limiter per limit; a subject that was denied is denied from memory until its window ends.
const limiters = new Map();
function limiter({ name, limit, windowSeconds }) {
  const key = `${name}:${limit}:${windowSeconds}`;
  let known = limiters.get(key);
  if (!known) {
    known = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `node:${key}`,
      points: limit,
      duration: windowSeconds,
      inMemoryBlockOnConsumed: limit,
    });
    limiters.set(key, known);
  }
  return known;
}

const app = Fastify();

app.post('/v1/rate-limits/check', async (request, reply) => {
  const limit = request.body.limits[0];
  try {
    const { remainingPoints } = await limiter(limit).consume(limit.subject);
    return { allowed: true, remaining: remainingPoints };
  } catch (denied) {
    if (!(denied instanceof RateLimiterRes)) throw denied;
    reply.code(429);
    return { allowed: false, retryAfterMillis: denied.msBeforeNext };
  }
});

app.post('/v1/sessions/lookup', async (request, reply) => {
  const [subject, digest] = request.body.token.split('.');
  const [userId, attributes] = await redis.lookup(`session:{${subject}}`, digest);
  if (!userId) {
    reply.code(401);
    return { title: 'Unauthorized' };
  }
  return { userId, attributes };
});

app.post('/v1/idempotency/claims', async (request, reply) => {
  const owner = request.body.key;
  const outcome = await redis.claim(`node:claim:{${owner}}`, owner, '', '30000000', '60000000');
  reply.code(outcome === 'claimed' ? 201 : 409);
  return { outcome, owner };
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
