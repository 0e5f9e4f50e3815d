// SPDX-License-Identifier: Apache-2.0
import {element, name, table, time} from '../html.js';
import {actionButton, form} from '../forms.js';
import {Region} from '../region.js';
import {StateCard} from './states/card.js';

export const title = 'States';

const PAGE = 20;
const NAME = {pattern: '[!-~]{1,255}', required: true};

export function show({api, signal}) {
  const list = new Region('States');
  const card = new StateCard(api, signal, () => group !== undefined && read(before));
  let group;
  let before;

  const read = from => {
    const shown = group;
    before = from;
    return list.run(
      () => api.post('/v1/states/list', {group: shown, limit: PAGE, before: from}, {signal}),
      ({states, next}) => [
        table(from ? 'Earlier saves' : 'Latest saves', columns(shown), states, from
          ? 'There are no earlier saves.'
          : 'This group has no states. The group must be the one given at the save, letter by letter.'),
        element('div', {class: 'buttons'},
          from && actionButton('Latest', null, () => read()),
          next && actionButton('Earlier', null, () => read(next))),
      ]);
  };

  const columns = shown => [
    ['Id', ({id}) => name(id)],
    ['Saved', ({savedAt}) => time(savedAt)],
    ['Ends', ({expiresAt}) => time(expiresAt)],
    ['Claimed by', ({writer}) => writer ? [name(writer.heldBy || 'unnamed'), ', until ', time(writer.leaseExpiresAt)] : '–'],
    ['Actions', ({id}) => element('div', {class: 'buttons'}, actionButton('Open', null, () => card.open({id, group: shown})))],
  ];

  return [
    form('States of a group', [{name: 'group', label: 'Group', ...NAME}], 'List', values => {
      ({group} = values);
      return read();
    }),
    list.element,
    form('Read a state', [
      {name: 'id', label: 'Id', ...NAME},
      {name: 'group', label: 'Group', ...NAME, required: false, hint: 'Empty if the state has none.'},
    ], 'Read', key => card.open(key)),
    ...card.nodes,
  ];
}
