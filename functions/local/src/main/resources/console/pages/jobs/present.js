// SPDX-License-Identifier: Apache-2.0
import {element, name, number, table, time} from '../../html.js';
import {actionButton} from '../../forms.js';
import {Region} from '../../region.js';

const PAGE = 50;

/** The lists, as the API names them, and the text if one is empty. */
const STATES = {
  due: ['Due', 'No job is due.'],
  delayed: ['Delayed', 'No job waits for its due time.'],
  blocked: ['Blocked', 'No job waits for others of its group.'],
  active: ['Active', 'No job is leased.'],
};

/** Shows the jobs of a queue that wait or are leased, a state at a time. */
export function presentJobs({api, queue, signal}, view) {
  const region = new Region('Waiting and active jobs');
  let state = 'due';
  let offset = 0;

  const refresh = () => region.run(() => api.post('/v1/jobs/list', {queue, state, offset, limit: PAGE}, {signal}), render);
  const turn = to => {
    offset = to;
    return refresh();
  };
  const choice = element('select', {
    name: 'state',
    onchange: () => {
      state = choice.value;
      turn(0);
    },
  }, Object.entries(STATES).map(([key, [text]]) => element('option', {value: key}, text)));

  const render = ({jobs, next}) => [
    table(`${STATES[state][0]} jobs`, [
      ['Job', ({id}) => view.link(id)],
      ['Due', ({dueAt}) => time(dueAt)],
      state === 'active' && ['Lease ends', ({leaseExpiresAt}) => time(leaseExpiresAt)],
      ['Attempt', ({attempt, maxAttempts}) => `${number(attempt)} of ${number(maxAttempts)}`],
      ['Crashes', ({crashes}) => number(crashes)],
      ['Group', ({group}) => group === null ? '–' : name(group)],
      ['Enqueued', ({enqueuedAt}) => time(enqueuedAt)],
      ['Expires', ({expiresAt}) => time(expiresAt)],
    ].filter(Boolean), jobs, offset === 0 ? STATES[state][1] : 'No more jobs are in this state.'),
    element('div', {class: 'buttons'},
      actionButton('Refresh', null, refresh),
      offset > 0 && actionButton('First page', null, () => turn(0)),
      next !== null && actionButton('Next page', null, () => turn(next))),
  ];
  return {
    nodes: [element('h2', {}, 'Waiting and active jobs'),
      element('div', {class: 'fields'}, element('label', {}, element('span', {}, 'State'), choice)), region.element],
    refresh,
  };
}
