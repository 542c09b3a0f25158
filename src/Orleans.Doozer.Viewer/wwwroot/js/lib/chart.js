// @ts-check
// A line chart over time in SVG: colours come from the style sheet, so it follows the theme; with a cross-hair for mouse and keyboard.

import { fill, h, set, setText, svg } from './dom.js';
import { clock } from './format.js';

/**
 * @typedef {{ name: string, value: (point: any) => number | undefined }} Series
 *
 * @typedef {object} ChartOptions
 * @property {string} title
 * @property {string} note one plain sentence: what is measured
 * @property {Series[]} series at most three
 * @property {(value: number) => string} format
 */

/** On a phone the picture is narrow, so that its letters stay readable. */
const WIDTH = matchMedia('(max-width: 720px)').matches ? 360 : 600;
const HEIGHT = 150;
const LEFT = 52;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;

export class Chart {
    /** @type {{ at: number }[]} */
    #points = [];
    #from = 0;
    #to = 1;
    #top = 1;
    /** The point under the cross-hair; -1: none, the newest is told. */
    #at = -1;

    /** @param {ChartOptions} options */
    constructor(options) {
        this.options = options;
        this.grid = svg('g', { class: 'chart-grid' });
        this.lines = options.series.map((_, i) => svg('path', { class: `chart-line series-${i + 1}` }));
        this.area = svg('path', { class: 'chart-area series-1' });
        this.cross = svg('line', { class: 'chart-cross', y1: TOP, y2: HEIGHT - BOTTOM });
        this.values = options.series.map(() => h('b'));
        this.time = h('span', { class: 'chart-time quiet' });
        this.picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' }, this.grid, this.area, ...this.lines, this.cross);
        this.plot = h('div', {
            class: 'chart-plot', role: 'slider', tabindex: 0, 'aria-label': `${options.title}: move through time`, 'aria-valuemin': 0,
            on: {
                pointermove: (/** @type {PointerEvent} */ event) => this.#point(event), pointerleave: () => this.#choose(-1),
                keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event), blur: () => this.#choose(-1),
            },
        }, this.picture);
        this.element = h('figure', { class: 'card chart' },
            h('figcaption', {}, h('h2', {}, options.title), h('p', { class: 'quiet' }, options.note)),
            h('div', { class: 'chart-legend' }, ...options.series.map(({ name }, i) => h('span', { class: `legend series-${i + 1}` }, h('i', { 'aria-hidden': 'true' }), name, ' ', this.values[i])), this.time),
            this.plot);
    }

    /** @param {{ at: number }[]} points oldest first @param {number} from @param {number} to */
    draw(points, from, to) {
        this.#points = points;
        this.#from = from;
        this.#to = to;
        const all = points.flatMap((point) => this.options.series.map((series) => series.value(point) ?? 0));
        this.#top = niceTop(Math.max(0, ...all));
        this.lines.forEach((line, i) => set(line, 'd', this.#path(this.options.series[i])));
        set(this.area, 'd', this.#areaPath());
        this.#drawGrid();
        this.#drawValues();
    }

    /** @param {number} at */
    #x(at) {
        return LEFT + (WIDTH - LEFT - RIGHT) * (at - this.#from) / (this.#to - this.#from);
    }

    /** @param {number} value */
    #y(value) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / this.#top;
    }

    /** A second without a value leaves a hole: nothing is drawn that was not measured. @param {Series} series */
    #path(series) {
        let pen = 'M';
        return this.#points.map((point) => {
            const value = series.value(point);
            if (value === undefined) {
                pen = 'M';
                return '';
            }
            const step = `${pen}${this.#x(point.at).toFixed(1)} ${this.#y(value).toFixed(1)}`;
            pen = 'L';
            return step;
        }).join('');
    }

    #areaPath() {
        const [series] = this.options.series;
        if (this.#points.length < 2 || this.#points.some((point) => series.value(point) === undefined)) {
            return '';
        }
        const first = this.#x(this.#points[0].at).toFixed(1);
        const last = this.#x(this.#points[this.#points.length - 1].at).toFixed(1);
        return `${this.#path(series)}L${last} ${this.#y(0)}L${first} ${this.#y(0)}Z`;
    }

    #drawGrid() {
        const marks = [0, 0.5, 1].map((part) => {
            const y = this.#y(part * this.#top);
            return svg('g', {}, svg('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }),
                svg('text', { x: LEFT - 7, y: y + 4, 'text-anchor': 'end' }, this.options.format(part * this.#top)));
        });
        const step = (this.#to - this.#from) / 4;
        const times = [0, 1, 2, 3, 4].map((i) => svg('text', {
            x: this.#x(this.#from + i * step), y: HEIGHT - 5, 'text-anchor': i === 0 ? 'start' : i === 4 ? 'end' : 'middle',
        }, i === 4 ? 'now' : `-${Math.round((4 - i) * step / 1000)} s`));
        fill(this.grid, ...marks, ...times);
    }

    #drawValues() {
        const point = this.#points[this.#at] ?? this.#points.at(-1);
        this.options.series.forEach(({ value }, i) => {
            const number = point && value(point);
            setText(this.values[i], number === undefined ? '-' : this.options.format(number));
        });
        const shown = this.#at >= 0 && point !== undefined;
        setText(this.time, shown ? clock(point.at) : '');
        set(this.cross, 'visibility', shown ? 'visible' : 'hidden');
        if (shown) {
            set(this.cross, 'x1', this.#x(point.at));
            set(this.cross, 'x2', this.#x(point.at));
        }
        set(this.plot, 'aria-valuemax', Math.max(0, this.#points.length - 1));
        set(this.plot, 'aria-valuenow', this.#at < 0 ? Math.max(0, this.#points.length - 1) : this.#at);
        set(this.plot, 'aria-valuetext', point ? `${clock(point.at)}: ${this.options.series.map(({ name, value }) => `${name} ${value(point) ?? 'none'}`).join(', ')}` : 'nothing measured yet');
    }

    /** @param {PointerEvent} event */
    #point(event) {
        const box = this.picture.getBoundingClientRect();
        const at = this.#from + (this.#to - this.#from) * ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
        let best = -1;
        this.#points.forEach((point, i) => {
            if (best < 0 || Math.abs(point.at - at) < Math.abs(this.#points[best].at - at)) {
                best = i;
            }
        });
        this.#choose(best);
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
        const last = this.#points.length - 1;
        const now = this.#at < 0 ? last : this.#at;
        const targets = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last, PageUp: now + 30, PageDown: now - 30 };
        if (Object.hasOwn(targets, event.key)) {
            this.#choose(Math.max(0, Math.min(last, targets[/** @type {keyof typeof targets} */ (event.key)])));
            event.preventDefault();
        }
    }

    /** @param {number} index */
    #choose(index) {
        this.#at = index;
        this.#drawValues();
    }
}

/** The next of 1, 2, 5, 10, ... above a value, so that the scale seldom jumps. @param {number} value */
function niceTop(value) {
    if (value <= 0) {
        return 1;
    }
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= value * 1.02) ?? 20 * power;
}
