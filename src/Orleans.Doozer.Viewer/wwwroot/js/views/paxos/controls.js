// @ts-check
// Live or slow motion, pause, step, and the place in the recording.

import { fill, h, set } from '../../lib/dom.js';
import { icon } from '../../lib/icons.js';

/** @typedef {'live' | 'slow' | 'paused'} Mode */

/** Milliseconds for one step. */
export const SPEEDS = [['slowly', 1600], ['at ease', 850], ['quickly', 350]];

export class Controls {
    /**
     * @param {object} actions
     * @param {(mode: Mode) => void} actions.mode
     * @param {() => void} actions.toggle
     * @param {(by: 1 | -1) => void} actions.step
     * @param {(place: number) => void} actions.seek
     * @param {() => void} actions.release
     */
    constructor(actions) {
        const button = (/** @type {Parameters<typeof icon>[0]} */ name, /** @type {string} */ label, /** @type {() => void} */ act, /** @type {string} */ test) =>
            h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, 'data-testid': test, on: { click: act } }, icon(name));
        this.slow = h('button', { type: 'button', class: 'segment', on: { click: () => actions.mode('slow') } }, 'Slow motion');
        this.live = h('button', { type: 'button', class: 'segment', on: { click: () => actions.mode('live') } }, 'Live');
        this.toggle = h('button', { type: 'button', class: 'button small', 'data-testid': 'paxos-pause', on: { click: actions.toggle } }, icon('pause'), 'Pause');
        this.speed = h('select', { 'aria-label': 'Speed' }, ...SPEEDS.map(([name, milliseconds]) => h('option', { value: milliseconds }, name)));
        this.speed.value = String(SPEEDS[1][1]);
        this.scrub = h('input', { type: 'range', class: 'time-slider', 'aria-label': 'Place in the recording', on: { input: () => actions.seek(Number(this.scrub.value)) } });
        this.release = h('button', { type: 'button', class: 'button small', on: { click: actions.release }, hidden: true });
        this.element = h('div', { class: 'card paxos-controls', role: 'group', 'aria-label': 'Playback' },
            h('div', { class: 'segments' }, this.slow, this.live), this.toggle,
            button('stepBack', 'One step back', () => actions.step(-1), 'step-back'), button('stepForward', 'One step on', () => actions.step(1), 'step-forward'),
            this.speed, this.scrub, this.release);
    }

    get pace() {
        return Number(this.speed.value);
    }

    /** @param {Mode} mode @param {{ first: number, place: number, end: number }} where @param {number | null} chosen the slot that a person chose to follow */
    draw(mode, { first, place, end }, chosen) {
        set(this.slow, 'aria-pressed', String(mode !== 'live'));
        set(this.live, 'aria-pressed', String(mode === 'live'));
        if (this.toggle.dataset.mode !== mode) {
            this.toggle.dataset.mode = mode;
            fill(this.toggle, icon(mode === 'paused' ? 'play' : 'pause'), mode === 'paused' ? 'Go on' : 'Pause');
        }
        set(this.scrub, 'min', first);
        set(this.scrub, 'max', end);
        this.scrub.value = String(mode === 'live' ? end : place);
        this.release.hidden = chosen === null;
        if (chosen !== null && this.release.dataset.slot !== String(chosen)) {
            this.release.dataset.slot = String(chosen);
            fill(this.release, `Following slot ${chosen}`, icon('close'));
        }
    }
}
