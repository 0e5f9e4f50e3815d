// A client of the WebSocket: joins channels again after each interruption, and catches up from where it was.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5000;
const PING = 25000;

export class Realtime extends EventTarget {
  #url;
  #socket = null;
  #pause = FIRST_PAUSE;
  #channels = new Map(); // by name: the info, and the position of the last event
  #closed = false;
  #timer = 0;

  constructor(url) {
    super();
    this.#url = url;
    this.#open();
    setInterval(() => this.#send({do: 'ping'}), PING);
  }

  join(channel, info) {
    this.#channels.set(channel, {info, at: null});
    this.#join(channel);
  }

  publish(channel, event, data) {
    // With an id of its own, a publication that is sent again is one event.
    this.#send({do: 'publish', channel, event, data, id: crypto.randomUUID()});
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
    this.#socket.onclose = () => {
      this.#report('lost');
      if (!this.#closed) {
        this.#timer = setTimeout(() => this.#open(), this.#pause);
        this.#pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, 2 * this.#pause * Math.random()));
      }
    };
  }

  #join(channel) {
    const {info, at} = this.#channels.get(channel);
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
    }
    if (channel && (message.on === 'event' || message.on === 'caught-up')) {
      channel.at = message.at;
    }
    this.#report(message.on, message);
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
