// SPDX-License-Identifier: Apache-2.0
import {name, notice, time} from '../../html.js';
import {form} from '../../forms.js';
import {Region} from '../../region.js';

const OUTCOMES = {
  queued: 'is enqueued',
  kept: 'was there already, and is kept: this one was dropped',
  replaced: 'was waiting, and has the payload and time of this one now',
  after: 'is active: this one runs after it',
};

/** Enqueues jobs. */
export function enqueueing({api, queue, signal}, changed) {
  const region = new Region('Enqueued job');
  const enqueue = form('Enqueue a job', [
    {name: 'payload', label: 'Payload', type: 'json', required: true, value: '{"test": true}', hint: 'Any JSON of up to 200 KiB. A drainer takes it as any other job.'},
    {name: 'id', label: 'Id', maxlength: 128, hint: 'Generated if empty.'},
    {name: 'onDuplicate', label: 'If a job has the id', type: 'select', value: 'keep',
      options: [['keep', 'Keep that one'], ['replace', 'Replace it'], ['after', 'Run after it']]},
    {name: 'delayMillis', label: 'Delay in milliseconds', type: 'number', min: 0, max: 2_592_000_000},
    {name: 'group', label: 'Group', maxlength: 128},
    {name: 'groupLimit', label: 'Jobs of the group at once', type: 'number', min: 1, hint: '1 if empty.'},
    {name: 'maxAttempts', label: 'Attempts', type: 'number', min: 1, hint: '3 if empty.'},
  ], 'Enqueue', async job => {
    const shown = await region.run(() => api.post('/v1/jobs/enqueue', {queue, ...job}, {signal}).catch(problem => {
      // Sent again, the job has the same id, so it does not run twice.
      if (problem.body?.id !== undefined) {
        enqueue.fill({id: problem.body.id});
      }
      throw problem;
    }), ({id, outcome, dueAt, attended}) => [notice('success', 'Job ', name(id), ` ${OUTCOMES[outcome]}. Due: `, time(dueAt), '. ',
      attended ? 'A drainer attends.' : 'No drainer is sure to take it at once.')]);
    if (shown) {
      enqueue.fill({id: ''});
      await changed();
    }
  });
  return [enqueue, region.element];
}
