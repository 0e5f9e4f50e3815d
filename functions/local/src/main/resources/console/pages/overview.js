// SPDX-License-Identifier: Apache-2.0
import {bytes, duration, element, facts, number} from '../html.js';
import {Region} from '../region.js';
import {Plot} from '../plot.js';

export const title = 'Overview';

const TROUBLE_REFRESH = 10_000;

export function show({api, live, signal}) {
  const now = element('section', {class: 'tiles', 'aria-label': 'Now'});
  const plots = [
    new Plot('Requests a second', rates, value => number(value)),
    new Plot('Degraded share', degradedShare, value => `${number(value)} %`),
    new Plot('Redis round trip', ({roundTrip}) => ({p50: millis(roundTrip.p50Micros), p99: millis(roundTrip.p99Micros)}), duration),
    new Plot('Request duration', ({requestDuration}) =>
      ({p50: millis(requestDuration.p50Micros), p99: millis(requestDuration.p99Micros)}), duration),
    new Plot('Memory', ({heapUsedBytes, redisMemoryBytes}) => ({heap: heapUsedBytes, Redis: redisMemoryBytes}), bytes),
  ];
  const troubles = new Region('Troubles');
  const draw = () => {
    now.replaceChildren(...tiles(live));
    plots.forEach(plot => plot.draw(live.samples));
  };
  live.addEventListener('change', draw, {signal});
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plots.forEach(plot => plot.restyle()), {signal});
  const look = async () => {
    await troubles.run(() => api.get('/health/detailed', {signal}), troubleList);
    if (!signal.aborted) {
      setTimeout(() => look().catch(() => {}), TROUBLE_REFRESH);
    }
  };
  look().catch(() => {});
  requestAnimationFrame(draw);
  signal.addEventListener('abort', () => plots.forEach(plot => plot.close()));
  return [now, element('h2', {}, 'Troubles'), troubles.element,
    element('h2', {}, 'The last ten minutes'), element('div', {class: 'plots'}, plots.map(plot => plot.element))];
}

/** Returns the requests a second by outcome. */
function rates({requests}, seconds) {
  return Object.fromEntries(Object.entries(requests).map(([outcome, count]) => [outcome, count / seconds]));
}

const millis = micros => micros === null || micros === undefined ? null : micros / 1000;

function degradedShare({requests, degraded}) {
  const all = sum(requests);
  return {degraded: all === 0 ? 0 : 100 * degraded / all};
}

const sum = counts => Object.values(counts).reduce((total, count) => total + count, 0);

function tiles({latest, samples, state}) {
  if (!latest) {
    return [element('p', {class: 'empty'}, state === 'refused'
      ? 'This API key lacks the right to read the figures.'
      : 'The first figures come in a few seconds.')];
  }
  const minute = samples.filter(({at}) => at > latest.at - 60_000);
  const requests = minute.reduce((total, sample) => total + sum(sample.requests), 0);
  const degraded = minute.reduce((total, sample) => total + sample.degraded, 0);
  return [
    ['Connection', latest.connected ? 'connected' : 'lost', latest.connected ? 'good' : 'bad'],
    ['Circuit', latest.circuit, latest.circuit === 'closed' ? 'good' : 'bad'],
    ['Requests in the last minute', number(requests)],
    ['Degraded of them', number(degraded), degraded > 0 ? 'bad' : 'good'],
    ['Redis round trip, p99', duration(millis(minute.findLast(({roundTrip}) => roundTrip.count > 0)?.roundTrip.p99Micros))],
    ['WebSockets', number(latest.webSockets)],
    ['Heap', `${bytes(latest.heapUsedBytes)} of ${bytes(latest.heapMaxBytes)}`],
    ['Redis memory', bytes(latest.redisMemoryBytes)],
  ].map(([term, value, mood]) => element('div', {class: mood ? `tile ${mood}` : 'tile'}, element('span', {}, term), element('strong', {}, value)));
}

function troubleList({status, troubles, version, environment, services}) {
  return [
    troubles.length === 0
      ? element('p', {class: 'notice success'}, status === 'healthy' ? 'No troubles.' : 'Redis is not used.')
      : element('ul', {class: 'troubles'}, troubles.map(({name, what, advice}) => element('li', {},
        element('strong', {}, what), element('p', {}, advice), element('code', {}, name)))),
    facts([['Version', version], ['Environment', environment], ['Java', services.api.java],
      ['Running for', duration(services.api.uptimeSeconds * 1000)], ['Redis', services.redis.url]]),
  ];
}
