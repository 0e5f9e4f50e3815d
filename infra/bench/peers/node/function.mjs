// SPDX-License-Identifier: Apache-2.0
// Checks a limit with nothing but Node and ioredis, by one EVALSHA.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { Redis } from 'ioredis';

const redis = new Redis(process.env.REDIS_URL);
redis.defineCommand('gcra', { numberOfKeys: 1, lua: readFileSync(process.env.GCRA_SCRIPT, 'utf8') });

async function handle(event) {
  const start = performance.now();
  const { subject } = JSON.parse(event.body).limits[0];
  const allowed = (await redis.gcra(`node:{${subject}}`, '1', '1000000')) === 1;
  const metrics = [{ Name: 'Duration', Unit: 'Milliseconds' }, { Name: 'Denied', Unit: 'Count' }];
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: 'Peer', Dimensions: [['FunctionName']], Metrics: metrics }] },
    FunctionName: 'peer',
    Duration: Math.floor(performance.now() - start),
    Denied: allowed ? 0 : 1,
  }));
  return {
    statusCode: allowed ? 200 : 429,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ allowed }),
  };
}

// Lambda's runtime client for Node, without the parts that need a compiler to install.
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body = '') {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Length': Buffer.byteLength(body) } : {};
    const options = { host, port, agent, method, headers, path: `/2018-06-01/runtime/invocation/${path}` };
    request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('end', () => resolve({ headers: response.headers, text }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end(body);
  });
}

for (;;) {
  const next = await call('GET', 'next');
  const id = next.headers['lambda-runtime-aws-request-id'];
  try {
    await call('POST', `${id}/response`, JSON.stringify(await handle(JSON.parse(next.text))));
  } catch (error) {
    await call('POST', `${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}
