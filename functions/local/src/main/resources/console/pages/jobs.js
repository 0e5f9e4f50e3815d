import {element} from '../html.js';

export const title = 'Jobs';

export function show() {
  return [element('p', {class: 'empty'}, 'Nothing to see yet.')];
}
