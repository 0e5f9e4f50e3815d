// SPDX-License-Identifier: Apache-2.0
import {element, name, table, time} from '../html.js';
import {actionButton, announce, form} from '../forms.js';
import {Region} from '../region.js';
import {NewKey} from './api-keys/new-key.js';
import {changeForm, issueForm, rotateForm} from './api-keys/forms.js';
import {attributesOf, endOf, scopeList, verification, verify} from './api-keys/verification.js';

export const title = 'API keys';

export function show({api, signal}) {
  const list = new Region('Keys');
  const change = new Region('Change of a key');
  const issued = new NewKey(signal);
  const verified = new Region('Verification');
  let ownerId;

  const read = () => list.run(
    () => api.post('/v1/api-keys/list', {ownerId}, {signal, exact: true}),
    ({apiKeys}) => table('Live keys, newest first', columns, apiKeys,
      'This owner has no live key. Issue one below, or check the owner id, letter by letter.'));

  /** Shows what a request of a new key returned, and reads the list again. */
  const receive = async request => {
    if (await issued.run(request)) {
      change.clear();
      await read();
    }
  };

  const edit = content => {
    change.show(content, element('div', {class: 'buttons'}, actionButton('Close', null, async () => change.clear())));
    change.element.querySelector('input').focus();
  };

  const columns = [
    ['Name', key => [key.name === null ? '–' : name(key.name), element('br'), element('small', {}, name(key.id))]],
    ['Prefix', ({prefix}) => prefix === null ? 'imported' : name(prefix)],
    ['Scopes', ({scopes}) => scopeList(scopes)],
    ['Created', ({createdAt}) => time(createdAt)],
    ['Ends', endOf],
    ['Attributes', attributesOf],
    ['Actions', key => element('div', {class: 'buttons'},
      actionButton('Change', null, async () => edit(changeForm(key, async patch => {
        await api.patch(path(key), patch, {signal});
        announce('The key was changed.');
        change.clear();
        await read();
      }))),
      actionButton('Rotate', null, async () => edit(rotateForm(key, graceSeconds =>
        receive(() => api.post('/v1/api-keys/rotate', {id: key.id, graceSeconds}, {signal, exact: true}))))),
      actionButton('Revoke', {
        question: ['Revoke the key ', name(key.name ?? key.id), ' of ', name(key.ownerId), '?'],
        explanation: 'The programs that use it are refused from now on. This cannot be undone.',
      }, async () => {
        await api.delete(path(key), undefined, {signal});
        announce('The key was revoked.');
        change.clear();
        await read();
      }))],
  ];

  return [
    form('Keys of an owner', [{name: 'ownerId', label: 'Owner id', required: true}], 'List', values => {
      ({ownerId} = values);
      change.clear();
      return read();
    }),
    list.element,
    change.element,
    issueForm(request => receive(() => {
      ({ownerId} = request);
      return api.post('/v1/api-keys', request, {signal, exact: true});
    })),
    issued.element,
    form('Verify a key', [
      {name: 'key', label: 'Key', type: 'password', required: true, hint: 'The verification charges no limit.'},
      {name: 'scopes', label: 'Required scopes', type: 'words', hint: 'Separated by spaces.'},
      {name: 'policy', label: 'Policy of a limit', hint: 'Shows what is left of it for the owner of the key.'},
    ], 'Verify', ({key, scopes, policy}) => verified.run(
      () => verify(api, {key, scopes, limits: policy && [{policy, cost: 0}]}, {signal, exact: true}),
      verification)),
    verified.element,
  ];
}

const path = ({id}) => `/v1/api-keys/${encodeURIComponent(id)}`;
