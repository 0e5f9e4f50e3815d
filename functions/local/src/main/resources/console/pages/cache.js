import {element} from '../html.js';

export const title = 'Cache';

export function show() {
  return [element('p', {class: 'empty'}, 'Nothing to see yet.')];
}
