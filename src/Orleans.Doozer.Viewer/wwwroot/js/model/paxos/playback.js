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
const PATIENCE = 60;
const RARE = new Set(['preVote', 'preVoteReply', 'prepare', 'promise', 'rejected', 'leader', 'voters', 'fetch', 'fetched', 'alreadyDecided']);

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
        if (!this.chosen && this.focus === null && this.recording.end - this.place > PATIENCE) {
            this.#jump();
        }
        const step = this.next();
        if (step === null && this.focus !== null && !this.chosen) {
            // The slot's story is over as far as it is told.
            this.focus = null;
            this.place = Math.max(this.place, this.recording.end - PATIENCE);
            return this.next();
        }
        return step;
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

    /** To the newest slot whose decision is told already, or to the next rare event, whichever comes first. */
    #jump() {
        const { recording } = this;
        let newest = null;
        for (let place = recording.end - 1; place >= this.place && newest === null; place--) {
            const event = recording.at(place);
            newest = event?.kind === 'decided' ? event.slot ?? null : null;
        }
        for (let place = this.place; place < recording.end; place++) {
            const event = recording.at(place);
            if (event && RARE.has(event.kind)) {
                this.place = place;
                return;
            }
            if (event?.kind === 'accept' && event.slot === newest) {
                this.place = place;
                this.focus = newest;
                return;
            }
        }
        this.place = recording.end - 1;
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
