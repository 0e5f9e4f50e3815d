// SPDX-License-Identifier: Apache-2.0
import {element, name} from '../html.js';
import {form} from '../forms.js';
import {events} from './channels/events.js';
import {members} from './channels/members.js';

export const title = 'Channels';

export function show({api, signal}) {
  const sections = element('div', {});
  let leaving = new AbortController();
  signal.addEventListener('abort', () => leaving.abort());
  const choice = form('Channel', [
    {name: 'channel', label: 'Name', required: true, maxlength: 255, hint: 'Such as room:42. A channel exists while somebody is in it or its log is kept.'},
  ], 'Show', async ({channel}) => {
    leaving.abort();
    leaving = new AbortController();
    const context = {api, channel, signal: leaving.signal};
    const present = members(context);
    sections.replaceChildren(element('h2', {}, 'Channel ', name(channel)), ...present.nodes);
    await present.start();
    sections.append(...events(context), ...present.ending);
  });
  return [choice, sections];
}
