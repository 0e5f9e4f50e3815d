// SPDX-License-Identifier: Apache-2.0
import {Api} from './api.js';
import {element, notice} from './html.js';
import {form} from './forms.js';
import {LiveFigures} from './live.js';
import * as apiKeys from './pages/api-keys.js';
import * as cache from './pages/cache.js';
import * as channels from './pages/channels.js';
import * as health from './pages/health.js';
import * as idempotency from './pages/idempotency.js';
import * as jobs from './pages/jobs.js';
import * as limits from './pages/limits.js';
import * as overview from './pages/overview.js';
import * as sessions from './pages/sessions.js';
import * as states from './pages/states.js';

/**
 * The pages by the part of the address after #/. A page exports `title` and `show(context)`, which returns its nodes.
 * `context` is {api, live, signal}: `signal` is aborted when another page is shown, and ends requests, listeners and timers.
 */
const PAGES = {
  overview, limits, idempotency, sessions, 'api-keys': apiKeys, cache, states, channels, jobs, health,
};

const STATUS = {
  unknown: '',
  healthy: 'Redis replies',
  degraded: 'Redis does not reply: answers are degraded',
  unreachable: 'The server does not reply',
  refused: 'This key may not read the figures',
};

const REFUSED = 'The server does not accept this API key.';

/** The characters of a header, so of a key. */
const HEADER = /^[\x20-\x7e]*$/u;

const main = document.getElementById('main');
const pages = document.getElementById('pages');
const status = document.getElementById('status');
const signOut = document.getElementById('sign-out');

let session;
let leaving = new AbortController();

/** Takes the API key out of the address, where the server's banner has put it. */
function takeKey() {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (key !== null) {
    history.replaceState(null, '', `${location.pathname}#/overview`);
  }
  return key;
}

async function open(key) {
  if (!HEADER.test(key)) {
    askForKey(REFUSED);
    return;
  }
  const api = new Api(key);
  const live = new LiveFigures(api);
  session?.live.stop();
  session = {api, live};
  live.addEventListener('change', () => {
    status.dataset.state = live.state;
    status.textContent = STATUS[live.state] ?? '';
    if (live.state === 'unauthenticated') {
      askForKey(REFUSED);
    }
  });
  await live.start();
  if (live.state !== 'unauthenticated') {
    pages.hidden = false;
    signOut.hidden = false;
    showPage();
  }
}

function askForKey(reason) {
  session?.live.stop();
  session = null;
  leaving.abort();
  document.querySelector('dialog')?.close('');
  pages.hidden = true;
  signOut.hidden = true;
  status.textContent = '';
  status.dataset.state = 'unknown';
  document.title = 'Gatehouse';
  const asked = form('Open the console', [{
    name: 'key', label: 'API key', type: 'password',
    hint: 'Leave it empty if the server needs none. The page keeps the key in its memory only.',
  }], 'Open', ({key}) => open(key ?? ''));
  main.replaceChildren(element('div', {class: 'gate'},
    element('h1', {}, 'Gatehouse'),
    reason && notice('failure', reason),
    asked,
    element('p', {}, 'A local run prints an address that has a key in it. Other keys are those of the setting ',
      element('code', {}, 'GATEHOUSE_API_KEYS'), '.')));
  asked.querySelector('input').focus();
}

function showPage() {
  if (!session) {
    return;
  }
  leaving.abort();
  leaving = new AbortController();
  const current = Object.hasOwn(PAGES, location.hash.slice(2)) ? location.hash.slice(2) : 'overview';
  const page = PAGES[current];
  for (const link of pages.querySelectorAll('a')) {
    link.toggleAttribute('aria-current', link.hash === `#/${current}`);
    if (link.hash === `#/${current}`) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({block: 'nearest', inline: 'nearest'});
    }
  }
  document.title = `${page.title} – Gatehouse`;
  main.replaceChildren(element('h1', {}, page.title), ...page.show({...session, signal: leaving.signal}));
  main.scrollTo(0, 0);
}

pages.append(element('ul', {}, Object.entries(PAGES).map(([path, {title}]) =>
  element('li', {}, element('a', {href: `#/${path}`}, title)))));
signOut.addEventListener('click', () => askForKey());
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', () => {
  const key = takeKey();
  if (key === null) {
    showPage();
    main.focus();
  } else {
    open(key);
  }
});
addEventListener('unhandledrejection', ({reason}) => {
  if (reason?.name === 'AbortError') {
    return;
  }
  main.prepend(notice('failure', element('strong', {}, 'The page failed'), ` ${reason?.message ?? reason}`));
});

const key = takeKey();
if (key === null) {
  askForKey();
} else {
  open(key);
}
