// @ts-check
// The last few thousand events, and the state at any place among them.

import { Merge } from './merge.js';
import { advance, copyState, emptyState } from './state.js';

/**
 * @typedef {import('./merge.js').StoryEvent} StoryEvent
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Numbers} Numbers
 */

const MOST = 3000;
/** Some minutes of a quiet cluster, some seconds of a busy one; bounded in any case. */
const MOST_HELD = 30_000;

export class Recording {
    #merge = new Merge();
    /** @type {(StoryEvent | Numbers)[]} */
    #entries = [];
    /** The state before the first entry. */
    #base = emptyState();
    /** The number of the first entry; numbers never change, so a place stays the same while older ones are dropped. */
    first = 0;
    /** Whether somebody stands still in it: then nothing is dropped, and what comes when it is full is not taken. */
    isHeld = false;

    get end() {
        return this.first + this.#entries.length;
    }

    /** @param {import('../../types.js').PaxosFrame} frame @returns {StoryEvent[]} what is new */
    take(frame) {
        if (this.isHeld && this.#entries.length >= MOST_HELD) {
            return [];
        }
        const story = this.#merge.take(frame);
        this.#entries.push(...story, { kind: 'numbers', nodes: frame.nodes.map(({ events: _, ...numbers }) => numbers) });
        const surplus = this.isHeld ? 0 : this.#entries.length - MOST;
        if (surplus > 0) {
            this.#entries.splice(0, surplus).forEach((entry) => advance(this.#base, entry));
            this.first += surplus;
        }
        return story;
    }

    /** @param {number} place @returns {StoryEvent | null} null for what is no step: numbers */
    at(place) {
        const entry = this.#entries[place - this.first];
        return entry && entry.kind !== 'numbers' ? /** @type {StoryEvent} */ (entry) : null;
    }

    /** The state before an entry, made anew. @param {number} place @returns {State} */
    stateAt(place) {
        const state = copyState(this.#base);
        this.#play(state, this.first, place);
        return state;
    }

    /** Moves a state on. @param {State} state @param {number} from @param {number} to */
    play(state, from, to) {
        this.#play(state, Math.max(from, this.first), to);
    }

    /** @param {State} state @param {number} from @param {number} to */
    #play(state, from, to) {
        for (let place = from; place < to && place < this.end; place++) {
            advance(state, this.#entries[place - this.first]);
        }
    }
}
