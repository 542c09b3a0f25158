// @ts-check
// Each node tells what it did and saw, by its own clock. Merge puts these accounts into one story: every node's own order is kept,
// clocks decide between nodes, and nothing arrives before it was sent, whatever the clocks say.

/**
 * @typedef {import('../../types.js').PaxosEvent} PaxosEvent
 * @typedef {import('../../types.js').PaxosFrame} PaxosFrame
 * @typedef {PaxosEvent & { node: string }} StoryEvent
 */

/** An arrival waits this many frames for its sending to be told; it may have been left out, or its sender may be gone. */
const PATIENCE = 2;
const MOST_SENDINGS = 4000;

export class Merge {
    /** @type {Map<string, (StoryEvent & { waited: number })[]>} by node: told, not yet in the story */
    #queues = new Map();
    /** @type {Map<string, number>} sendings in the story whose arrival is not */
    #sent = new Map();

    /** @param {PaxosFrame} frame @returns {StoryEvent[]} what can be told now, in order */
    take(frame) {
        for (const { node, events = [] } of frame.nodes) {
            const queue = this.#queues.get(node) ?? [];
            this.#queues.set(node, queue);
            queue.push(...events.map((event) => ({ ...event, node, waited: 0 })));
        }
        const story = [];
        for (let next = this.#next(); next; next = this.#next()) {
            story.push(next);
        }
        for (const queue of this.#queues.values()) {
            queue.forEach((event) => event.waited++);
        }
        if (this.#sent.size > MOST_SENDINGS) {
            this.#sent.clear();
        }
        return story;
    }

    /** @returns {StoryEvent | null} */
    #next() {
        /** @type {(StoryEvent & { waited: number })[] | null} */
        let best = null;
        for (const queue of this.#queues.values()) {
            const [head] = queue;
            if (head && !this.#mustWait(head) && (best === null || head.at < best[0].at)) {
                best = queue;
            }
        }
        const event = best?.shift();
        if (!event) {
            return null;
        }
        if (event.way) {
            const by = event.way === 'out' ? 1 : -1;
            const count = (this.#sent.get(keyOf(event)) ?? 0) + by;
            if (count > 0) {
                this.#sent.set(keyOf(event), count);
            } else {
                this.#sent.delete(keyOf(event));
            }
        }
        const { waited: _, ...told } = event;
        return told;
    }

    /** @param {StoryEvent & { waited: number }} event */
    #mustWait(event) {
        return event.way === 'in' && event.waited < PATIENCE && !this.#sent.has(keyOf(event));
    }
}

/** A message as its sender and its receiver name it alike. @param {StoryEvent} event */
function keyOf({ node, peer, way, kind, ballot, slot }) {
    const [from, to] = way === 'out' ? [node, peer] : [peer, node];
    return `${kind} ${from} ${to} ${ballot} ${slot}`;
}
