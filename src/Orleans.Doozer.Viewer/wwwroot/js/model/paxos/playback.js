// @ts-check
// Where in the recording one is, and what comes next. What one node does at once to several others is one step. When more happens
// than an eye can follow, slow motion follows single slots from their proposal to their decision and passes over the others;
// elections and refusals are never passed over.

/**
 * @typedef {import('./merge.js').StoryEvent} StoryEvent
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {{ events: StoryEvent[], end: number }} Step
 */

/** So many events can be shown one after the other before the story is too far ahead. */
const PATIENCE = 30;
const RARE = new Set(['preVote', 'preVoteReply', 'prepare', 'promise', 'rejected', 'leader', 'voters']);

export class Playback {
    /** The next entry to show. */
    place = 0;
    /** The slot that is followed; null: everything. @type {number | null} */
    focus = null;
    /** Whether a person chose the slot: then it is followed until they let go. */
    chosen = false;

    /** @param {Recording} recording */
    constructor(recording) {
        this.recording = recording;
    }

    /** The step after this place; null: there is none yet. @returns {Step | null} */
    next() {
        const shown = this.#filter();
        for (let place = Math.max(this.place, this.recording.first); place < this.recording.end; place++) {
            if (shown(place)) {
                return this.#group(place, shown);
            }
        }
        return null;
    }

    /** Goes on by one step in slow motion, jumping when the story is too far ahead. @returns {Step | null} */
    nextSlow() {
        this.place = Math.max(this.place, this.recording.first);
        const step = this.focus === null ? null : this.next();
        if (step !== null || this.chosen) {
            return step;
        }
        // The slot's story is over.
        this.focus = null;
        if (this.recording.end - this.place > PATIENCE) {
            this.#jump();
        }
        return this.next();
    }

    /** The start of the step before this place; null: there is none. @returns {number | null} */
    previous() {
        const shown = this.#filter();
        /** @type {StoryEvent | null} */
        let last = null;
        let start = null;
        for (let place = this.place - 1; place >= this.recording.first; place--) {
            const event = shown(place);
            if (event && last && !isSame(event, last)) {
                break;
            }
            if (event) {
                last = event;
                start = place;
            }
        }
        return start;
    }

    /** @param {number | null} slot */
    follow(slot) {
        this.focus = slot;
        this.chosen = slot !== null;
        if (slot !== null) {
            for (let place = this.recording.first; place < this.recording.end; place++) {
                if (this.recording.at(place)?.slot === slot) {
                    this.place = place;
                    return;
                }
            }
        }
    }

    /** To the next rare event, or to the newest slot whose story is told to its end. */
    #jump() {
        const { recording } = this;
        /** @type {Map<string, number>} by node */
        const decided = new Map();
        /** @type {Map<number, number>} where slots were proposed */
        const proposed = new Map();
        for (let place = this.place; place < recording.end; place++) {
            const event = recording.at(place);
            if (event && RARE.has(event.kind)) {
                this.place = place;
                return;
            }
            if (event?.kind === 'decided') {
                decided.set(event.node, Math.max(event.slot ?? 0, decided.get(event.node) ?? 0));
            } else if (event?.kind === 'accept' && event.way === 'out' && event.slot !== undefined && !proposed.has(event.slot)) {
                proposed.set(event.slot, place);
            }
        }
        const everywhere = Math.min(...decided.values());
        const slot = Math.max(...[...proposed.keys()].filter((candidate) => candidate <= everywhere));
        const place = proposed.get(slot);
        if (place !== undefined) {
            this.place = place;
            this.focus = slot;
        }
    }

    /** Which entries are shown: all, or those of the slot that is followed. @returns {(place: number) => StoryEvent | null} */
    #filter() {
        const { focus, recording } = this;
        if (focus === null) {
            return (place) => recording.at(place);
        }
        // Of each node the one word with which it first knew the slot to be decided, be it of this slot or of a later one.
        /** @type {Map<string, number>} */
        const decided = new Map();
        for (let place = recording.first; place < recording.end; place++) {
            const event = recording.at(place);
            if (event?.kind === 'decided' && (event.slot ?? 0) >= focus && !decided.has(event.node)) {
                decided.set(event.node, place);
            }
        }
        return (place) => {
            const event = recording.at(place);
            const shown = event?.kind === 'decided' ? decided.get(event.node) === place : event && (event.slot === focus || RARE.has(event.kind));
            return shown ? event : null;
        };
    }

    /** @param {number} start @param {(place: number) => StoryEvent | null} shown @returns {Step} */
    #group(start, shown) {
        const first = /** @type {StoryEvent} */ (this.recording.at(start));
        const events = [first];
        let end = start + 1;
        for (let place = end; place < this.recording.end; place++) {
            const event = shown(place);
            if (event && !isSame(event, first)) {
                break;
            }
            if (event) {
                events.push(event);
                end = place + 1;
            }
        }
        return { events, end };
    }
}

/** Whether two are one doing: the same message to several others. @param {StoryEvent} a @param {StoryEvent} b */
const isSame = (a, b) => a.way === 'out' && b.way === 'out' && a.kind === b.kind && a.node === b.node && a.slot === b.slot && a.ballot === b.ballot;
