// SPDX-License-Identifier: Apache-2.0
import {clock, element, name, notice} from '../../html.js';
import {announce, form} from '../../forms.js';
import {isShown, pause, problem, Region} from '../../region.js';
import {Problem} from '../../api.js';

const SHOWN = 200;
const WAIT = 20_000;

/** The pause after a request without an answer. */
const RETRY = 2_000;

const WAITING = 'Waiting for events…';

/** Shows the events of a channel from now on, newest first, and publishes others. */
export function events({api, channel, signal}) {
  const state = element('p', {role: 'status'});
  const failure = element('div', {});
  const list = element('ol', {});
  const pausing = element('button', {type: 'button', onclick: () => following ? stop() : follow()}, 'Pause');
  const published = new Region('Published event');
  let following = null;
  let position;

  const add = item => {
    list.prepend(item);
    while (list.childElementCount > SHOWN) {
      list.lastElementChild.remove();
    }
  };

  const receive = ({recovered, events, at}) => {
    if (!recovered) {
      add(element('li', {class: 'gap'}, notice('warning', element('strong', {}, 'Events are missing'),
        ' here: the log keeps fewer, has ended, or was lost with Redis.')));
    }
    for (const {event, id, data, publishedAt} of events) {
      add(element('li', {}, element('p', {}, clock(publishedAt), ' ', element('strong', {}, name(event)), ' ', element('small', {}, name(id))),
        element('code', {}, JSON.stringify(data))));
    }
    position = at;
  };

  const stop = () => {
    following?.abort();
    following = null;
    pausing.textContent = 'Resume';
    state.textContent = 'Paused. Events that the log still keeps follow when it resumes.';
  };

  const follow = async () => {
    const reading = following = new AbortController();
    pausing.textContent = 'Pause';
    state.textContent = WAITING;
    while (!signal.aborted && !reading.signal.aborted) {
      try {
        const request = {channel, since: position, waitMillis: position === undefined ? 0 : WAIT};
        const answer = await api.post('/v1/channels/catch-up', request, {signal: reading.signal, exact: true});
        failure.replaceChildren();
        state.textContent = WAITING;
        receive(answer);
      } catch (reason) {
        if (!(reason instanceof Problem)) {
          if (reason.name === 'AbortError') {
            return;
          }
          throw reason;
        }
        const shown = problem(reason);
        if (!isShown(failure, shown)) {
          failure.replaceChildren(shown);
        }
        state.textContent = 'This goes on by itself.';
        if ([400, 401, 403].includes(reason.status)) {
          stop();
          return;
        }
        await pause(reason.retryAfter === null ? RETRY : reason.retryAfter * 1000, reading.signal);
      }
    }
  };
  signal.addEventListener('abort', () => following?.abort());
  follow();

  const publish = form('Publish an event', [
    {name: 'event', label: 'Type', required: true, maxlength: 64, hint: 'Such as message.'},
    {name: 'id', label: 'Id', maxlength: 255, hint: 'While the log has an event with it, nothing is published. Generated if empty.'},
    {name: 'data', label: 'Data', type: 'json', required: true, value: '{"text": "Hello"}', hint: 'Any JSON of up to 32 KiB.'},
  ], 'Publish', async event => {
    let wasUnknown = false;
    const shown = await published.run(() => api.post('/v1/channels/publish', {channel, ...event}, {signal}).catch(reason => {
      // Sent again, the event has the same id, so it is not published twice.
      wasUnknown = reason.body?.id !== undefined;
      if (wasUnknown) {
        publish.fill({id: reason.body.id});
      }
      throw reason;
    }), ({id}) => [notice('success', 'The log has the event ', name(id), '.')]);
    if (shown) {
      publish.fill({id: ''});
      announce('Published');
    } else if (wasUnknown) {
      announce('Publish again with the id that was filled in: the event is not published twice.');
    }
  });
  return [
    element('section', {class: 'card', 'aria-label': 'Live events'}, element('h2', {}, 'Live events'), state, failure,
      element('div', {class: 'buttons'}, pausing,
        element('button', {type: 'button', onclick: () => list.replaceChildren()}, 'Clear')),
      element('div', {class: 'events', role: 'log', 'aria-label': 'Events', tabindex: 0}, list)),
    publish, published.element,
  ];
}
