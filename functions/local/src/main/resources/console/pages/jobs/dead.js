// SPDX-License-Identifier: Apache-2.0
import {element, name, number, table, time} from '../../html.js';
import {actionButton, announce, confirmed} from '../../forms.js';
import {Region} from '../../region.js';

const PAGE = 50;

/** The number of jobs that one request redrives at most. */
const BATCH = 20;

const waiting = count => count === 1 ? '1 job waits again' : `${number(count)} jobs wait again`;

/**
 * Shows the dead jobs of a queue, latest death first, and makes some or all of them wait again.
 *
 * @param {JobView} view looks jobs up
 * @param {function(): Promise} changed reads again what is shown of the queue
 */
export function deadJobs({api, queue, signal}, view, changed) {
  const region = new Region('Dead jobs');
  let before;

  const list = (limit, start) => api.post('/v1/jobs/dead', {queue, limit, before: start}, {signal});
  const refresh = () => region.run(() => list(PAGE, before), render);
  const turn = next => {
    before = next;
    return refresh();
  };

  const redrive = async ids => {
    let count = 0;
    for (let i = 0; i < ids.length; i += BATCH) {
      const redriven = await api.post('/v1/jobs/redrive', {queue, ids: ids.slice(i, i + BATCH)}, {signal});
      count += redriven.ids.length;
    }
    return count;
  };

  // A job that dies again meanwhile is at the start of the list, so it is not redriven again.
  const redriveAll = async () => {
    let count = 0;
    let start;
    before = undefined;
    do {
      const {jobs, next} = await list(BATCH, start);
      count += jobs.length === 0 ? 0 : await redrive(jobs.map(({id}) => id));
      start = next ?? undefined;
      if (start !== undefined) {
        announce(`${waiting(count)} so far.`);
      }
    } while (start !== undefined);
    return count;
  };

  const run = async action => {
    try {
      announce(`${waiting(await action())}.`);
    } finally {
      await changed();
    }
  };

  const render = ({jobs, next}) => {
    const boxes = jobs.map(({id}) => element('input', {type: 'checkbox', name: 'dead', value: id, 'aria-label': `Select ${id}`}));
    const rows = jobs.map((job, index) => ({...job, box: boxes[index]}));
    const selected = () => boxes.filter(({checked}) => checked).map(({value}) => value);
    return [
      table('Dead jobs, latest death first', [
        ['Job', ({id, box}) => [box, ' ', view.link(id)]],
        ['Reason', ({reason}) => reason === '' ? '–' : name(reason)],
        ['Died', ({diedAt}) => time(diedAt)],
        ['Attempts', ({attempt}) => number(attempt)],
        ['Crashes', ({crashes}) => number(crashes)],
        ['Group', ({group}) => group === null ? '–' : name(group)],
        ['Enqueued', ({enqueuedAt}) => time(enqueuedAt)],
        ['Expires', ({expiresAt}) => time(expiresAt)],
        ['Action', ({id}) => actionButton('Redrive', null, () => run(() => redrive([id])))],
      ], rows, before === undefined ? 'No job is dead.' : 'No more jobs are dead.'),
      element('div', {class: 'buttons'},
        jobs.length > 0 && actionButton('Redrive selected', null, async () => {
          if (selected().length === 0) {
            announce('Select jobs first.');
          } else {
            await run(() => redrive(selected()));
          }
        }),
        jobs.length > 0 && actionButton('Redrive all', null, async () => {
          if (await confirmed(['Redrive all dead jobs of ', name(queue), '?'],
            'All of them are due at once, as new ones: also those on other pages. Leaving this page stops it. Make sure that the cause of their failure is gone.', 'Redrive all')) {
            await run(redriveAll);
          }
        }),
        actionButton('Refresh', null, refresh),
        before !== undefined && actionButton('First page', null, () => turn(undefined)),
        next !== null && actionButton('Next page', null, () => turn(next))),
    ];
  };
  return {nodes: [element('h2', {}, 'Dead jobs'), region.element], refresh};
}
