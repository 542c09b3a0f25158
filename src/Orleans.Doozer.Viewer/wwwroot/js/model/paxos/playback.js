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
        const start = this.#find(Math.max(this.place, this.recording.first));
        return start === null ? null : this.#group(start);
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
        for (let place = this.place - 1; place >= this.recording.first; place--) {
            const event = this.recording.at(place);
            if (event && this.#shows(event)) {
                let start = place;
                for (let before = place - 1; before >= this.recording.first; before--) {
                    const other = this.recording.at(before);
                    if (other && this.#shows(other)) {
                        if (!isSame(other, event)) {
                            break;
                        }
                        start = before;
                    }
                }
                return start;
            }
        }
        return null;
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

    /** @param {StoryEvent} event */
    #shows(event) {
        return this.focus === null || event.slot === this.focus || RARE.has(event.kind)
            || (event.kind === 'decided' && (event.slot ?? 0) >= this.focus);
    }

    /** @param {number} from */
    #find(from) {
        for (let place = from; place < this.recording.end; place++) {
            const event = this.recording.at(place);
            if (event && this.#shows(event)) {
                return place;
            }
        }
        return null;
    }

    /** @param {number} start @returns {Step} */
    #group(start) {
        const first = /** @type {StoryEvent} */ (this.recording.at(start));
        const events = [first];
        let end = start + 1;
        for (let place = start + 1; place < this.recording.end; place++) {
            const event = this.recording.at(place);
            if (event && this.#shows(event)) {
                if (!isSame(event, first)) {
                    break;
                }
                events.push(event);
                end = place + 1;
            }
        }
        return { events, end };
    }
}

/** Whether two are one doing: the same message to several others. @param {StoryEvent} a @param {StoryEvent} b */
const isSame = (a, b) => a.way === 'out' && b.way === 'out' && a.kind === b.kind && a.node === b.node && a.slot === b.slot && a.ballot === b.ballot;
