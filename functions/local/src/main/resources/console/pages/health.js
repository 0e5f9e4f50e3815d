// SPDX-License-Identifier: Apache-2.0
import {bytes, duration, element, facts, name, notice, number, table} from '../html.js';
import {actionButton} from '../forms.js';
import {Region} from '../region.js';

export const title = 'Health';

const INTERVAL = 10_000;

const STATUS = {
  healthy: ['success', 'Redis is healthy.', 'It replies, and no check found a trouble.'],
  degraded: ['warning', 'Redis has troubles.', 'It replies. Correct the conditions below.'],
  disconnected: ['failure', 'Redis does not reply.', 'Until it does, the functions decide by their fallback policies or respond with 503.'],
  disabled: ['info', 'Redis is disabled by choice.', 'Decisions are made in the memory of this server. Set ENABLE_REDIS=true to use Redis.'],
};

const RESULTS = {passed: 'passed', failed: 'failed', 'not-checked': 'not checked'};

export function show({api, signal}) {
  const health = new Region('Health of Redis', {polled: true});
  const statistics = new Region('Statistics of Redis', {polled: true});
  const loads = [
    [health, () => api.get('/health/detailed', {signal}), healthView],
    [statistics, () => api.get('/redis/stats', {signal}).catch(stateOfStatistics), statisticsView],
  ];
  loads.forEach(([region, load, render]) => region.poll(load, render, INTERVAL, signal));
  return [
    element('div', {class: 'buttons'},
      actionButton('Refresh', null, () => Promise.all(loads.map(([region, load, render]) => region.run(load, render))))),
    health.element,
    element('h2', {}, 'Statistics'),
    statistics.element,
  ];
}

function healthView({status, service, version, environment, services: {redis, api}}) {
  const [kind, state, meaning] = STATUS[redis.status];
  return [
    notice(kind, element('strong', {}, state), ` ${meaning}`,
      redis.error !== undefined && element('p', {}, 'Reason: ', name(redis.error))),
    table('Checks', [
      ['Check', check => check.name],
      ['Result', check => result(check, redis)],
      ['Why it matters', ({why}) => why],
    ], redis.checks, 'Nothing is checked while Redis is disabled.'),
    redis.restrictions.length > 0 && [
      element('h2', {}, 'Restrictions'),
      element('p', {}, 'Redis rejects these commands. The functions do without them, so this is no trouble.'),
      element('ul', {}, redis.restrictions.map(({what}) => element('li', {}, what))),
    ],
    element('h2', {}, 'Redis'),
    facts([
      ['Address', redis.url && name(redis.url)],
      ['Version', redis.server && (redis.server.version ?? 'withheld')],
      ['Mode', redis.server && (redis.server.mode ?? 'withheld')],
      ['Role', redis.server && (redis.server.role ?? 'withheld')],
      ['Circuit breaker', redis.circuit],
    ]),
    redis.sentinels && table(`Sentinels of ${redis.sentinels.master}`, [
      ['Sentinel', ({address}) => name(address)],
      ['Reports', ({master, error}) => master ?? error],
    ], redis.sentinels.replies, 'No Sentinel is configured.'),
    element('h2', {}, 'Server'),
    facts([
      ['Status', status], ['Name', service], ['Version', version], ['Environment', environment], ['Java', api.java],
      ['Running for', duration(api.uptimeSeconds * 1000)], ['Heap', `${bytes(api.heapUsedBytes)} of ${bytes(api.heapMaxBytes)}`],
    ]),
  ];
}

function result(check, {latencyMillis, troubles}) {
  const latency = latencyMillis?.[check.name];
  return [
    element('strong', {class: `result ${check.result}`}, RESULTS[check.result]),
    typeof latency === 'number' && ` in ${duration(latency)}`,
    check.reason !== null && element('p', {}, check.reason),
    troubles.filter(trouble => check.troubles.includes(trouble.name))
      .map(({what, advice}) => element('p', {}, what, ' ', element('strong', {}, advice))),
  ].flat().filter(Boolean);
}

/** Returns the reason for a 503, which is a state of Redis and no failure of this page. */
function stateOfStatistics(problem) {
  if (problem.status !== 503) {
    throw problem;
  }
  return {reason: problem.message};
}

function statisticsView(stats) {
  if (stats.reason !== undefined) {
    return [element('p', {class: 'empty'}, `There are none: ${stats.reason}`)];
  }
  const {replication, withheld} = stats;
  const rows = [
    ['Keys', number(stats.keys)],
    ['Memory', bytes(stats.usedMemoryBytes)],
    ['Peak of memory', bytes(stats.peakMemoryBytes)],
    ['Limit of memory', stats.maxMemoryBytes === 0 ? 'unlimited' : bytes(stats.maxMemoryBytes)],
    ['Eviction policy', stats.evictionPolicy ?? '–'],
    ['Evicted keys', number(stats.evictedKeys)],
    ['Expired keys', number(stats.expiredKeys)],
    ['Hits of lookups', stats.hitRate === null ? '–' : `${number(Math.round(stats.hitRate * 1000) / 10)} %`],
    ['Commands', number(stats.commandsProcessed)],
    ['Commands a second', number(stats.commandsPerSecond)],
    ['Clients', stats.maxClients === null ? number(stats.connectedClients) : `${number(stats.connectedClients)} of ${number(stats.maxClients)}`],
    ['Slow commands in the log', number(stats.slowLogLength)],
    ['Running for', stats.uptimeSeconds === null ? '–' : duration(stats.uptimeSeconds * 1000)],
    ['Role', replication.role ?? '–'],
    ['Replicas', number(replication.connectedReplicas)],
    ['Link to the master', replication.masterLink],
    ['Silence of the master', replication.masterSilentSeconds === null ? null : duration(replication.masterSilentSeconds * 1000)],
  ];
  const reasons = Object.entries(withheld).filter(([field]) => replication.role === 'replica' || !field.startsWith('replication.master'));
  return [
    facts(rows),
    reasons.length > 0 && [
      element('h3', {}, 'Withheld'),
      table('Fields that Redis does not report', [['Field', ([field]) => element('code', {}, field)], ['Reason', ([, reason]) => reason]], reasons, ''),
    ],
  ];
}
