// @ts-check
// What this node did in the last minutes, second by second.

import { Chart } from '../../lib/chart.js';
import { h, set } from '../../lib/dom.js';
import { integer, latency } from '../../lib/format.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../types.js').SeriesPoint} SeriesPoint
 * @typedef {import('../../lib/chart.js').ChartOptions} ChartOptions
 */

const KEPT = 300;
const SPANS = [60, 300];

const count = (/** @type {number} */ value) => (value < 10 && value % 1 !== 0 ? value.toFixed(1) : integer(value));
const percentiles = (/** @type {'write' | 'read' | 'sync'} */ what) => [
    { name: 'median', value: (/** @type {any} */ point) => point[`${what}P50`] },
    { name: '99th percentile', value: (/** @type {any} */ point) => point[`${what}P99`] },
];

/** @type {ChartOptions[]} */
const CHARTS = [
    {
        title: 'Operations per second', note: 'Asked of this node, and answered by it.', format: count,
        series: [{ name: 'reads', value: (point) => point.reads }, { name: 'writes', value: (point) => point.writes }, { name: 'failed writes', value: (point) => point.writeFailures }],
    },
    {
        title: 'Changes per second', note: 'All changes of the store that this node applied, and events it sent to watchers.', format: count,
        series: [{ name: 'revisions', value: (point) => point.revisions }, { name: 'watch events', value: (point) => point.watchEvents }],
    },
    { title: 'Write latency', note: 'From the request to the decision of a majority, on disk.', format: latency, series: percentiles('write') },
    { title: 'Read latency', note: 'Of reads that asked a majority whether they are up to date.', format: latency, series: percentiles('read') },
    { title: 'Disk sync time', note: 'How long the journal waited for the disk.', format: latency, series: percentiles('sync') },
    { title: 'Disk syncs per second', note: 'One sync serves all votes that were waiting for it.', format: count, series: [{ name: 'syncs', value: (point) => point.syncs }] },
];

class ChartsView {
    title = 'Charts';
    /** @type {SeriesPoint[]} */
    #points = [];
    #span = 300;
    #shown = false;
    #unfollow = () => {};
    charts = CHARTS.map((options) => new Chart(options));
    buttons = SPANS.map((span) => h('button', { type: 'button', class: 'segment', on: { click: () => this.#show(span) } }, span === 60 ? '1 minute' : '5 minutes'));
    element = h('div', { class: 'page' },
        h('div', { class: 'page-head' }, h('h1', {}, 'Charts'), h('p', {}, 'This node in the last minutes, one point for each second.'), h('span', { class: 'spacer' }),
            h('div', { class: 'segments', role: 'group', 'aria-label': 'Time span' }, ...this.buttons)),
        h('div', { class: 'charts' }, ...this.charts.map((chart) => chart.element)));

    /** @param {App} app */
    constructor(app) {
        this.app = app;
        this.#show(this.#span);
    }

    show() {
        if (!this.#shown) {
            this.#shown = true;
            this.#unfollow = this.app.live.feed('series', (frame) => this.#take(frame.points));
        }
    }

    hide() {
        this.#shown = false;
        this.#unfollow();
    }

    /** @param {SeriesPoint[]} points the first frame of a connection holds what is kept, so some are known */
    #take(points) {
        const last = this.#points.at(-1)?.at ?? 0;
        this.#points = [...this.#points, ...points.filter((point) => point.at > last)].slice(-KEPT);
        this.#draw();
    }

    /** @param {number} span */
    #show(span) {
        this.#span = span;
        this.buttons.forEach((button, i) => set(button, 'aria-pressed', String(SPANS[i] === span)));
        this.#draw();
    }

    #draw() {
        const to = this.#points.at(-1)?.at ?? Date.now();
        const from = to - this.#span * 1000;
        const seen = this.#points.filter((point) => point.at >= from);
        this.charts.forEach((chart) => chart.draw(seen, from, to));
    }
}

/** @param {App} app */
export const create = (app) => new ChartsView(app);
