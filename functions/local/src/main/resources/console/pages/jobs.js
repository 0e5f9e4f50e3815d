// SPDX-License-Identifier: Apache-2.0
import {element, name, number, time} from '../html.js';
import {form} from '../forms.js';
import {Region} from '../region.js';
import {deadJobs} from './jobs/dead.js';
import {enqueueing} from './jobs/enqueue.js';
import {JobView} from './jobs/job.js';
import {presentJobs} from './jobs/present.js';

export const title = 'Jobs';

const COUNTING = 3_000;

export function show({api, signal}) {
  const sections = element('div', {});
  let leaving = new AbortController();
  signal.addEventListener('abort', () => leaving.abort());
  const choice = form('Queue', [{
    name: 'queue', label: 'Name', required: true, maxlength: 128, suggestions: drainedQueues(api, signal),
    hint: 'The queues that this server drains are offered. No list of the others exists.',
  }], 'Show', async ({queue}) => {
    leaving.abort();
    leaving = new AbortController();
    const context = {api, queue, signal: leaving.signal};
    const counts = new Region('Counts', {polled: true});
    const count = () => counts.run(() => api.post('/v1/jobs/counts', {queue}, {signal: context.signal}), tiles);
    sections.replaceChildren(element('h2', {}, 'Queue ', name(queue)), counts.element);
    await count();
    const changed = () => Promise.all([count(), present.refresh(), dead.refresh()]);
    const view = new JobView(context, changed);
    const present = presentJobs(context, view);
    const dead = deadJobs(context, view, changed);
    sections.append(...view.nodes, ...present.nodes, ...dead.nodes, ...enqueueing(context, changed));
    present.refresh();
    dead.refresh();
    counts.poll(() => api.post('/v1/jobs/counts', {queue}, {signal: context.signal}), tiles, COUNTING, context.signal);
  });
  return [choice, sections];
}

/** Returns the names of the queues that this server drains, of which its metrics have figures. */
async function drainedQueues(api, signal) {
  try {
    const {text} = await api.get('/metrics', {signal});
    return [...new Set([...(text ?? '').matchAll(/^gatehouse_jobs\{.*?queue="((?:[^"\\]|\\.)*)"/gmu)]
      .map(([, queue]) => queue.replace(/\\(.)/gu, '$1')))].sort();
  } catch {
    return [];
  }
}

function tiles(counts) {
  return [element('div', {class: 'tiles'}, [
    ['Due', number(counts.due)],
    ['Oldest due', counts.oldestDueAt ? time(counts.oldestDueAt) : '–'],
    ['Delayed', number(counts.delayed)],
    ['Blocked by their group', number(counts.blocked)],
    ['Active', number(counts.active)],
    ['Dead', number(counts.dead), counts.dead > 0 ? 'bad' : 'good'],
    ['Drainers', number(counts.drainers), counts.drainers === 0 && counts.due > 0 ? 'bad' : null],
  ].map(([term, value, mood]) => element('div', {class: mood ? `tile ${mood}` : 'tile'}, element('span', {}, term), element('strong', {}, value)))),
  counts.due > 0 && counts.drainers === 0 && element('p', {class: 'notice info'},
    'Jobs are due, and no drainer attends: they wait for the schedule of the drainers, or for a taker that waits.')];
}
