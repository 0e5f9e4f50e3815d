// SPDX-License-Identifier: Apache-2.0
import {element, facts, json, name, notice, table, time} from '../html.js';
import {actionButton, announce, form} from '../forms.js';
import {Region} from '../region.js';

export const title = 'Sessions';

export function show({api, signal}) {
  const list = new Region('Sessions');
  const token = new Region('Session of the token');
  let userId;

  const read = () => {
    const user = userId;
    return list.run(() => api.post('/v1/sessions/list', {userId: user}, {signal, exact: true}), ({sessions}) => [
      sessions.length > 0 && element('div', {class: 'buttons'}, revokeAll(user, sessions)),
      table(`${sessions.length === 1 ? 'One live session' : `${sessions.length} live sessions`}, newest first`, columns(user, sessions),
        sessions, 'This user has no live session. The user id must be the one given at creation, letter by letter.'),
    ]);
  };

  const revoke = (session, after) => actionButton('Revoke', {
    question: ['Revoke the session ', name(session.id), ' of ', name(session.userId), '?'],
    explanation: 'Its token opens nothing any more. The user must sign in again on that device.',
  }, async () => {
    await api.delete(`/v1/sessions/${encodeURIComponent(session.id)}`, undefined, {signal});
    announce('The session was revoked.');
    await after();
  });

  const revokeUser = async (user, exceptId) => {
    const {revoked} = await api.post('/v1/sessions/revoke-user', {userId: user, exceptId}, {signal});
    announce(revoked === 1 ? 'One session was revoked.' : `${revoked} sessions were revoked.`);
    await read();
  };

  const revokeAll = (user, sessions) => actionButton('Revoke all', {
    question: ['Revoke all sessions of ', name(user), '?'],
    explanation: `The ${sessions.length} sessions shown and those created meanwhile end. The user must sign in again everywhere.`,
  }, () => revokeUser(user));

  const keepOnly = (user, {id}) => actionButton('Revoke the others', {
    question: ['Revoke all sessions of ', name(user), ' but ', name(id), '?'],
    explanation: 'The user must sign in again on every other device.',
  }, () => revokeUser(user, id));

  const columns = (user, sessions) => [
    ['Created', session => [time(session.createdAt), element('br'), element('small', {}, name(session.id))]],
    ['Last seen', session => time(session.lastSeenAt)],
    ['Ends', ends],
    ['Device', device],
    ['Level', level],
    ['Attributes', session => attributes(session)],
    ['Actions', session => element('div', {class: 'buttons'}, revoke(session, read), sessions.length > 1 && keepOnly(user, session))],
  ];

  const look = text => token.run(
    () => api.post('/v1/sessions/lookup', {token: text, touch: false}, {signal, exact: true}).catch(invalid),
    ({session}) => session
      ? element('div', {class: 'card'}, details(session), element('div', {class: 'buttons'}, revoke(session, () => look(text))))
      : notice('info', element('strong', {}, 'No live session'),
        ' The token is malformed or unknown, or its session has ended or was revoked. The user must sign in again.'));

  return [
    form('Sessions of a user', [{name: 'userId', label: 'User id', required: true}], 'List', values => {
      ({userId} = values);
      return read();
    }),
    list.element,
    form('Look a token up', [{
      name: 'token', label: 'Token', type: 'password', required: true, hint: 'The lookup does not count as use of the session.',
    }], 'Look up', values => look(values.token)),
    token.element,
  ];
}

/** Turns the problem of an invalid token into an answer without a session. */
function invalid(problem) {
  if (problem.slug === 'session-invalid') {
    return problem.body;
  }
  throw problem;
}

const details = session => facts([
  ['User', name(session.userId)],
  ['Session', name(session.id)],
  ['Created', time(session.createdAt)],
  ['Last seen', time(session.lastSeenAt)],
  ['Ends', ends(session)],
  ['Authenticated', time(session.authenticatedAt)],
  ['Level', level(session)],
  ['Device', device(session)],
  ['Attributes', attributes(session)],
  ['Version', String(session.version)],
]);

const ends = ({idleExpiresAt, expiresAt}) => idleExpiresAt < expiresAt
  ? [time(idleExpiresAt), ' if idle', element('br'), time(expiresAt), ' at the latest']
  : time(expiresAt);

const level = ({level, elevatedUntil, actor}) => [
  level === null ? '–' : [name(level), ', ends ', time(elevatedUntil)],
  actor !== null && element('p', {}, 'Acted by ', name(actor)),
];

function device({device}) {
  const known = [device.name, device.userAgent, device.ip].filter(value => value !== undefined);
  return known.length === 0 ? '–' : known.map((value, i) => [i > 0 && element('br'), name(value)]);
}

const attributes = ({id, attributes}) => Object.keys(attributes).length === 0 ? '–' : json(attributes, `Attributes of ${id}`);
