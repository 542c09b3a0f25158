// @ts-check
// Some thousand events around the place that is shown, and the state at any place among them.

import { Merge } from './merge.js';
import { advance, copyState, emptyState } from './state.js';

/**
 * @typedef {import('./merge.js').StoryEvent} StoryEvent
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Numbers} Numbers
 */

/** What was shown is kept so far, for stepping back. */
const BEHIND = 1500;
/** What comes is recorded so far ahead. Slow motion and pauses do not need more: they go on with what is newest then. */
const AHEAD = 6000;

export class Recording {
    #merge = new Merge();
    /** @type {(StoryEvent | Numbers)[]} */
    #entries = [];
    /** The state before the first entry. */
    #base = emptyState();
    /** The number of the first entry; numbers never change, so a place stays the same while older ones are dropped. */
    first = 0;

    get end() {
        return this.first + this.#entries.length;
    }

    /**
     * @param {import('../../types.js').PaxosFrame} frame
     * @param {number} place what is shown
     * @returns {StoryEvent[]} what is new
     */
    take(frame, place) {
        if (this.end - place > AHEAD) {
            return [];
        }
        const story = this.#merge.take(frame);
        this.#entries.push(...story, { kind: 'numbers', nodes: frame.nodes.map(({ events: _, ...numbers }) => numbers) });
        const surplus = place - this.first - BEHIND;
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
