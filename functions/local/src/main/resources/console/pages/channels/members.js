// SPDX-License-Identifier: Apache-2.0
import {element, name, notice, number, table, time} from '../../html.js';
import {actionButton, confirmed, form} from '../../forms.js';
import {pause, Region} from '../../region.js';

const LISTING = 5_000;
const TYPING = 3_000;

/** The number of departed users that are shown, the latest. */
const DEPARTED = 100;

/** An id that no client has: a connection that is not in a channel cannot type, so a request with it only reads. */
const NOBODY = 'gatehouse-console';

const names = users => users.map((user, index) => [index > 0 && ', ', name(user)]);

/**
 * Shows who is in a channel and who types there, and ends connections.
 *
 * @returns {{nodes: Node[], ending: Node[], start: function(): Promise}} `start` completes with the first list; `ending` ends connections
 * @throws {Problem} from `start`, if the name of the channel is invalid
 */
export function members({api, channel, signal}) {
  const region = new Region('Members', {polled: true});
  const typing = new Region('Typing', {polled: true});
  const left = new Region('Ended connection');
  const departed = new Set();
  let after;

  const load = () => api.post('/v1/presence/list', {channel, after, limit: 100}, {signal, exact: true});
  const render = page => {
    page.departed.forEach(user => departed.add(user));
    page.members.forEach(({userId}) => departed.delete(userId));
    [...departed].slice(0, -DEPARTED).forEach(user => departed.delete(user));
    const turn = async next => {
      after = next;
      await region.run(load, render);
    };
    return [
      element('p', {}, `${number(page.count)} ${page.count === 1 ? 'member' : 'members'}`),
      table('Members in the order of their ids', [
        ['User', ({userId}) => name(userId)],
        ['Connections', ({connections}) => number(connections)],
        ['Since', ({since}) => time(since)],
        ['Info', ({info}) => info === null ? '–' : element('code', {}, JSON.stringify(info))],
      ], page.members, 'Nobody is here. A member enters by POST /v1/presence/enter or a WebSocket.'),
      element('div', {class: 'buttons'},
        after !== undefined && actionButton('First page', null, () => turn(undefined)),
        page.next !== null && actionButton('Next page', null, () => turn(page.next))),
      departed.size > 0 && notice('info', 'Left without a request, and reported here only once: ',
        names([...departed])),
    ];
  };

  const end = form('End a connection', [
    {name: 'userId', label: 'User', required: true, maxlength: 255},
    {name: 'connectionId', label: 'Connection', required: true, maxlength: 255, hint: 'The id with which the client entered.'},
  ], 'End', async connection => {
    const agreed = await confirmed(['End connection ', name(connection.connectionId), ' of ', name(connection.userId), ' in ', name(channel), '?'],
      'With the last connection, the user leaves the channel. A client that is still there enters again with its next heartbeat.', 'End');
    if (agreed) {
      await left.run(() => api.post('/v1/presence/leave', {channel, ...connection}, {signal}), answer => [
        notice(answer.left ? 'success' : 'info', answer.left
          ? [name(connection.userId), ' has left.']
          : 'No user left by this: other connections are live, or none was.')]);
      await region.run(load, render);
    }
  });

  const start = async () => {
    await region.run(load, render);
    pause(LISTING, signal).then(() => region.poll(load, render, LISTING, signal));
    typing.poll(() => api.post('/v1/presence/typing', {channel, userId: NOBODY, connectionId: NOBODY, typing: false}, {signal}),
      ({typing: users}) => [users.length === 0
        ? element('p', {class: 'empty'}, 'Nobody types.')
        : element('p', {}, names(users), users.length === 1 ? ' types.' : ' type.')],
      TYPING, signal);
  };
  return {nodes: [region.element, typing.element], ending: [end, left.element], start};
}
