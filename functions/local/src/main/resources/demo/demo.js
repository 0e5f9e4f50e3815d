// SPDX-License-Identifier: Apache-2.0
import {Realtime} from './realtime.js';

const element = id => document.getElementById(id);
const members = new Map();
const typists = new Map();
const TYPING = 6000;

let room;
let realtime;
let own;

element('enter').addEventListener('submit', async event => {
  event.preventDefault();
  own = element('name').value.trim();
  const token = await session(own, element('key').value);
  if (!token) {
    return;
  }
  document.cookie = `__Host-session=${token}; Path=/; Secure; SameSite=Strict`;
  element('enter').hidden = true;
  element('inside').hidden = false;
  connect(`room:${element('room').value.trim()}`);
});

async function session(userId, key) {
  const response = await fetch('/v1/sessions', {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'X-Api-Key': key},
    body: JSON.stringify({userId}),
  });
  const body = await response.json();
  if (!response.ok) {
    status('lost', body.detail ?? 'The session was refused.');
  }
  return body.token;
}

function connect(channel) {
  room = channel;
  realtime = new Realtime(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/realtime`);
  const on = (type, listener) => realtime.addEventListener(type, ({detail}) => listener(detail));
  on('open', () => status('open', 'Connected'));
  on('lost', () => status('lost', 'Interrupted; trying again'));
  on('ended', () => status('lost', 'The session has ended; reload the page'));
  on('pong', message => 'degraded' in message && degradation(message));
  on('published', () => degradation({degraded: false}));
  on('joined', joined);
  on('left', ({userId, self}) => self || leave(userId));
  on('typing', ({userId, typing}) => type(userId, typing));
  on('event', show);
  on('caught-up', caughtUp);
  on('error', ({problem, detail}) => problem === 'store-unavailable' ? degradation({degraded: true}) : status('lost', detail));
  realtime.join(room, {since: new Date().toISOString()});
  window.realtime = realtime; // for the curious, and for tests
}

function joined(message) {
  if (message.self) {
    members.clear();
    message.members.forEach(member => members.set(member.userId, member));
    degradation(message);
  } else {
    members.set(message.userId, message);
  }
  render();
}

function degradation({degraded}) {
  status(degraded ? 'degraded' : 'open', degraded ? 'Connected; Redis does not reply, so what is shown may be out of date' : 'Connected');
}

function leave(userId) {
  members.delete(userId);
  type(userId, false);
  render();
}

function caughtUp({recovered, events}) {
  if (!recovered) {
    line('Some messages are missing. A product would load them from its own source now.', 'gap');
  }
  events.forEach(show);
}

function show({from, data}) {
  line(`${from ?? 'The backend'}: ${typeof data === 'string' ? data : JSON.stringify(data)}`);
}

// Text only: names and messages of others are never read as HTML.
function line(text, kind = 'message') {
  const item = document.createElement('li');
  item.textContent = text;
  item.className = kind;
  element('messages').append(item);
}

function type(userId, typing) {
  clearTimeout(typists.get(userId));
  typists.delete(userId);
  if (typing && userId !== own) {
    typists.set(userId, setTimeout(() => type(userId, false), TYPING));
  }
  const names = [...typists.keys()];
  element('typing').textContent = names.length ? `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing` : '';
}

function render() {
  element('members').replaceChildren(...[...members.keys()].sort().map(userId => {
    const item = document.createElement('li');
    item.textContent = userId;
    return item;
  }));
}

function status(state, text) {
  element('status').dataset.state = state;
  element('status').textContent = text;
}

element('say').addEventListener('submit', event => {
  event.preventDefault();
  const text = element('text').value.trim();
  if (text) {
    realtime.publish(room, 'message', text);
    element('text').value = '';
    realtime.typing(room, false);
  }
});

let typedAt = 0;
element('text').addEventListener('input', () => {
  if (Date.now() - typedAt > TYPING / 2) {
    typedAt = Date.now();
    realtime.typing(room, true);
  }
});
