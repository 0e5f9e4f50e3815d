import {element} from '../html.js';

export const title = 'States';

export function show() {
  return [element('p', {class: 'empty'}, 'Nothing to see yet.')];
}
