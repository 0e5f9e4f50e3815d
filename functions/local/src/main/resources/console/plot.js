// SPDX-License-Identifier: Apache-2.0
/* global uPlot */
import {element} from './html.js';

const HEIGHT = 160;

/** Formats a time in seconds since 1970. */
const clock = seconds => new Date(seconds * 1000).toLocaleTimeString([], {hour12: false});

/** A line plot of samples over time. Its series are the names that occur in any sample; null makes a gap. */
export class Plot {
  #series;
  #format;
  #title;
  #names = [];
  #plot = null;
  #samples = [];
  #resizing = new ResizeObserver(() => this.#plot?.setSize({width: this.#width(), height: HEIGHT}));

  /**
   * @param {function(object, number): object} series makes the values by name of a sample and its length in seconds
   * @param {function(number): string} format makes the text of a value
   */
  constructor(title, series, format) {
    this.#title = title;
    this.#series = series;
    this.#format = format;
    this.canvas = element('div', {role: 'img', 'aria-label': `${title}, now: none`});
    this.summary = element('figcaption', {}, title);
    this.element = element('figure', {}, this.summary, this.canvas);
    this.#resizing.observe(this.element);
  }

  draw(samples) {
    this.#samples = samples;
    if (samples.length < 2 || !this.element.isConnected) {
      return;
    }
    const rows = samples.map((sample, index) =>
      this.#series(sample, (sample.at - (samples[index - 1]?.at ?? sample.at - 2000)) / 1000));
    const names = [...new Set(rows.flatMap(Object.keys))].sort();
    if (this.#plot === null || names.join() !== this.#names.join()) {
      this.#names = names;
      this.#create();
    }
    this.#plot.setData([samples.map(({at}) => at / 1000), ...names.map(name => rows.map(row => row[name] ?? null))]);
    // After uPlot's own update, which empties the legend.
    queueMicrotask(() => this.#showLatest());
    const latest = names.map(name => `${name} ${this.#format(rows.at(-1)[name] ?? null)}`).join(', ');
    this.canvas.setAttribute('aria-label', `${this.#title}, now: ${latest || 'none'}`);
  }

  /** Shows the latest values in the legend, unless the pointer is on the plot and chooses others. */
  #showLatest() {
    if (this.#plot?.cursor.left < 0) {
      this.#plot.setLegend({idx: this.#samples.length - 1});
    }
  }

  /** Draws in the current colors. */
  restyle() {
    if (this.#plot !== null) {
      this.#create();
      this.draw(this.#samples);
    }
  }

  close() {
    this.#resizing.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #width() {
    return Math.max(200, this.canvas.clientWidth);
  }

  /** Returns the value that a color of the style sheet has now; a canvas does not understand light-dark(). */
  #color(name) {
    this.canvas.style.color = `var(${name})`;
    const {color} = getComputedStyle(this.canvas);
    this.canvas.style.color = '';
    return color;
  }

  #create() {
    this.#plot?.destroy();
    const color = name => this.#color(name);
    const line = {stroke: color('--line'), width: 1};
    const axis = {stroke: color('--muted'), grid: line, ticks: line};
    this.#plot = new uPlot({
      width: this.#width(),
      height: HEIGHT,
      cursor: {y: false},
      scales: {y: {range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high : 1]}},
      axes: [{...axis, values: (_, ticks) => ticks.map(clock), space: 70}, {...axis, size: 70, values: (_, ticks) => ticks.map(this.#format)}],
      series: [{value: (_, at) => at === null ? '–' : clock(at)},
        ...this.#names.map((label, index) => ({
          label,
          stroke: color(`--series-${index % 8 + 1}`),
          width: 2,
          points: {show: false},
          value: (_, value) => this.#format(value),
        }))],
    }, [[]], this.canvas);
  }
}
