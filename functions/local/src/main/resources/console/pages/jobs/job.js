// SPDX-License-Identifier: Apache-2.0
import {element, facts, json, name, notice, time} from '../../html.js';
import {actionButton, announce, form} from '../../forms.js';
import {Region} from '../../region.js';

/** Looks one job up by its id, and cancels or redrives it. */
export class JobView {
  #context;
  #changed;
  #region = new Region('Job');
  #form;

  /** @param {function(): Promise} changed reads again what else is shown of the queue */
  constructor(context, changed) {
    this.#context = context;
    this.#changed = changed;
    this.#form = form('Look a job up', [{name: 'id', label: 'Id', required: true, maxlength: 128}], 'Look up', ({id}) => this.#load(id));
    this.nodes = [this.#form, this.#region.element];
  }

  /** Returns a button that looks up the job with an id. */
  link(id) {
    return element('button', {
      type: 'button',
      class: 'link',
      'aria-label': `Look up ${id}`,
      onclick: async () => {
        this.#form.fill({id});
        this.#form.scrollIntoView({block: 'start'});
        await this.#load(id);
        this.#region.element.focus({preventScroll: true});
      },
    }, name(id));
  }

  #load(id) {
    const {api, queue, signal} = this.#context;
    return this.#region.run(() => api.post('/v1/jobs/inspect', {queue, id}, {signal, exact: true}).catch(problem => {
      if (problem.slug === 'job-unknown') {
        return null;
      }
      throw problem;
    }), job => job === null
      ? [element('p', {class: 'empty'}, 'No job has this id: it was completed, cancelled, has expired, or was never enqueued in this queue.')]
      : this.#render(job));
  }

  #render(job) {
    return [element('div', {class: 'card'},
      element('h3', {}, 'Job ', name(job.id)),
      facts([
        ['State', job.state],
        ['Attempt', `${job.attempt} of ${job.maxAttempts}`],
        ['Leases that ended by themselves', String(job.crashes)],
        ['Reason of its death', job.reason === null ? null : name(job.reason || '–')],
        ['Died', job.diedAt && time(job.diedAt)],
        ['Due', time(job.dueAt)],
        ['Lease ends', job.leaseExpiresAt && time(job.leaseExpiresAt)],
        ['Group', job.group === null ? null : name(job.group)],
        ['Enqueued', time(job.enqueuedAt)],
        ['Expires', time(job.expiresAt)],
        ['Followed by another with its id', job.followed ? 'yes' : 'no'],
      ]),
      json(job.payload, 'Payload'),
      job.state === 'active'
        ? notice('info', 'It is leased: its taker completes or fails it, or the lease ends. Only then can it be cancelled.')
        : element('div', {class: 'buttons'},
          job.state === 'dead' && actionButton('Redrive', null, () => this.#act('/v1/jobs/redrive', {ids: [job.id]}, job.id, 'Redriven')),
          actionButton('Remove job', {
            question: ['Remove job ', name(job.id), ' in ', name(this.#context.queue), '?'],
            explanation: 'It is cancelled: removed with its payload, so it does not run. This cannot be undone.',
          }, () => this.#act('/v1/jobs/cancel', {id: job.id}, job.id, 'Cancelled'))))];
  }

  async #act(path, body, id, done) {
    const {api, queue, signal} = this.#context;
    const {ids} = await api.post(path, {queue, ...body}, {signal});
    announce(ids?.length === 0 ? 'It was not dead any more, so nothing was changed.' : done);
    await Promise.all([this.#load(id), this.#changed()]);
  }
}
