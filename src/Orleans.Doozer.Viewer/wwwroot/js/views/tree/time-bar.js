// @ts-check
// Which revision is looked at: a slider over the kept history, a field for an exact one, and the way back to live.

import { h, set, setText } from '../../lib/dom.js';
import { integer } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';

/** While the slider moves, the tree follows at this pace. */
const PACE_MS = 150;

export class TimeBar {
    #oldest = 1;
    #newest = 1;
    /** @type {number | null} */
    #revision = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;

    /** @param {(revision: number | null) => void} choose */
    constructor(choose) {
        this.choose = choose;
        this.slider = h('input', {
            type: 'range', class: 'time-slider', 'aria-label': 'Revision to look at', step: 1, on: { input: () => this.#slide() },
        });
        this.field = h('input', {
            type: 'number', class: 'time-field', 'aria-label': 'Exact revision', on: { change: () => this.#typed() }, 'data-testid': 'revision',
        });
        this.oldest = h('span', { class: 'time-end', title: 'The oldest revision that is kept' });
        this.live = h('button', { type: 'button', class: 'button small', on: { click: () => this.#pick(null) }, 'data-testid': 'back-to-live' }, h('span', {}, 'Back to '), 'live');
        this.element = h('div', { class: 'time-bar', role: 'group', 'aria-label': 'Time travel' },
            h('span', { class: 'time-label' }, icon('clock'), 'History'), this.oldest, this.slider,
            h('button', { type: 'button', class: 'icon-button', 'aria-label': 'One revision back', title: 'One revision back', on: { click: () => this.#step(-1) } }, icon('stepBack')),
            this.field,
            h('button', { type: 'button', class: 'icon-button', 'aria-label': 'One revision on', title: 'One revision on', on: { click: () => this.#step(1) } }, icon('stepForward')),
            this.live);
    }

    /** @param {number | undefined} oldest @param {number | undefined} newest */
    bounds(oldest, newest) {
        this.#oldest = Math.max(1, oldest ?? this.#oldest);
        this.#newest = newest ?? this.#newest;
        setText(this.oldest, integer(this.#oldest));
        this.#draw();
    }

    /** @param {number | null} revision null: live */
    show(revision) {
        this.#revision = revision;
        this.#draw();
    }

    #draw() {
        const value = this.#revision ?? this.#newest;
        for (const input of [this.slider, this.field]) {
            set(input, 'min', this.#oldest);
            set(input, 'max', this.#newest);
        }
        if (document.activeElement !== this.field) {
            this.field.value = String(value);
        }
        this.slider.value = String(value);
        set(this.slider, 'aria-valuetext', this.#revision === null ? 'live' : `revision ${value}`);
        set(this.element, 'data-live', this.#revision === null ? 'true' : 'false');
        this.live.disabled = this.#revision === null;
    }

    #slide() {
        const value = Number(this.slider.value);
        this.#revision = value >= this.#newest ? null : value;
        this.#draw();
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.choose(this.#revision), PACE_MS);
    }

    #typed() {
        const value = Math.round(Number(this.field.value));
        this.#pick(Number.isFinite(value) && value > 0 && value < this.#newest ? Math.max(this.#oldest, value) : null);
    }

    /** @param {number} by */
    #step(by) {
        const value = Math.max(this.#oldest, (this.#revision ?? this.#newest) + by);
        this.#pick(value >= this.#newest ? null : value);
    }

    /** @param {number | null} revision */
    #pick(revision) {
        clearTimeout(this.#timer);
        this.show(revision);
        this.choose(revision);
    }
}
