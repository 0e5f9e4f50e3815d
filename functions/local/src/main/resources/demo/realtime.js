// SPDX-License-Identifier: Apache-2.0
// A client of the WebSocket: joins channels again after each interruption, catches up from where it was, and publishes again
// what was not confirmed.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5000;
const PING = 15000;
const UNAUTHORIZED = 4401;

export class Realtime extends EventTarget {
  #url;
  #socket = null;
  #pause = FIRST_PAUSE;
  #channels = new Map(); // by name: the info, and the position of the last event
  #unconfirmed = new Map(); // publications by id
  #retry = 0;
  #closed = false;
  #timer = 0;

  constructor(url) {
    super();
    this.#url = url;
    this.#open();
    setInterval(() => this.ping(), PING);
  }

  join(channel, info) {
    this.#channels.set(channel, {info, at: null});
    this.#join(channel);
  }

  publish(channel, event, data) {
    // With an id of its own, a publication that is sent again is one event.
    const id = crypto.randomUUID();
    const message = {do: 'publish', channel, event, data, id, ref: id};
    this.#unconfirmed.set(id, message);
    if (!this.#retry) {
      this.#send(message);
    }
  }

  /** The response says whether Redis replies. */
  ping() {
    this.#send({do: 'ping'});
  }

  typing(channel, typing) {
    this.#send({do: 'typing', channel, typing});
  }

  /** Ends the connection as a lost network does. The client returns by itself. */
  interrupt(millis) {
    clearTimeout(this.#timer);
    this.#pause = millis;
    this.#socket?.close();
  }

  close() {
    this.#closed = true;
    this.#socket?.close();
  }

  #open() {
    this.#socket = new WebSocket(this.#url);
    this.#socket.onopen = () => {
      this.#pause = FIRST_PAUSE;
      this.#report('open');
      for (const channel of this.#channels.keys()) {
        this.#join(channel);
      }
    };
    this.#socket.onmessage = message => this.#receive(JSON.parse(message.data));
    this.#socket.onclose = ({code}) => {
      this.#closed ||= code === UNAUTHORIZED;
      this.#report(code === UNAUTHORIZED ? 'ended' : 'lost');
      if (!this.#closed) {
        this.#timer = setTimeout(() => this.#open(), this.#pause);
        this.#pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, 2 * this.#pause * Math.random()));
      }
    };
  }

  #join(channel) {
    const {info, at} = this.#channels.get(channel);
    this.#channels.get(channel).joined = false;
    this.#send({do: 'join', channel, info, ...(at && {since: at})});
  }

  #receive(message) {
    const channel = this.#channels.get(message.channel);
    if (channel && message.on === 'error' && message.problem === 'store-unavailable' && !channel.joined) {
      setTimeout(() => this.#join(message.channel), LONGEST_PAUSE * Math.random());
    }
    if (channel && message.on === 'joined' && message.self) {
      channel.joined = true;
      channel.at ??= message.at;
      this.#publishAgain();
    }
    if (message.on === 'published') {
      this.#unconfirmed.delete(message.ref);
    }
    if (message.on === 'error' && this.#unconfirmed.has(message.ref)) {
      this.#rejected(message);
    }
    if (channel && (message.on === 'event' || message.on === 'caught-up')) {
      channel.at = message.at;
    }
    this.#report(message.on, message);
  }

  #rejected({ref, problem}) {
    if (problem === 'store-unavailable') {
      this.#retry ||= setTimeout(() => this.#publishAgain(), LONGEST_PAUSE * Math.random());
    } else {
      this.#unconfirmed.delete(ref);
    }
  }

  /** In order, and each once, since its id identifies it. */
  #publishAgain() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.#unconfirmed.forEach(message => this.#send(message));
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }

  #report(type, detail) {
    this.dispatchEvent(new CustomEvent(type, {detail}));
  }
}
