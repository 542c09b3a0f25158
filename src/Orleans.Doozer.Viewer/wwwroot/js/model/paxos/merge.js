// @ts-check
// Each node tells what it did and saw, by its own clock. Merge puts these accounts into one story: every node's own order is kept,
// clocks decide between nodes, and nothing arrives before it was sent, whatever the clocks say.

/**
 * @typedef {import('../../types.js').PaxosEvent} PaxosEvent
 * @typedef {import('../../types.js').PaxosFrame} PaxosFrame
 * @typedef {PaxosEvent & { node: string }} StoryEvent
 * @typedef {{ event: StoryEvent, key: string, waited: number }} Told
 */

/** The story waits this many frames for a sending that is not told: it may have been left out, or its sender may be gone. */
const PATIENCE = 2;
/**
 * And this many for one that is told but not reached. A message that is sent twice has one name: its first arrival may take the second
 * sending for the one that it needs, and two nodes' accounts that do so would wait for each other for ever.
 */
const LONGEST = 6;
const MOST_SENDINGS = 4000;

export class Merge {
    /** @type {Map<string, Told[]>} by node: told, not yet in the story */
    #queues = new Map();
    /** @type {Map<string, number>} sendings in the story whose arrival is not */
    #sent = new Map();
    /** @type {Map<string, number>} sendings that are told but not yet in the story */
    #coming = new Map();

    /** @param {PaxosFrame} frame @returns {StoryEvent[]} what can be told now, in order */
    take(frame) {
        for (const { node, events = [] } of frame.nodes) {
            const queue = this.#queues.get(node) ?? [];
            this.#queues.set(node, queue);
            for (const event of events) {
                const told = { event: { ...event, node }, key: keyOf({ ...event, node }), waited: 0 };
                queue.push(told);
                if (event.way === 'out') {
                    count(this.#coming, told.key, 1);
                }
            }
        }
        const story = [];
        for (let next = this.#next(); next; next = this.#next()) {
            story.push(next);
        }
        for (const queue of this.#queues.values()) {
            queue.forEach((told) => told.waited++);
        }
        if (this.#sent.size > MOST_SENDINGS) {
            this.#sent.clear();
        }
        return story;
    }

    /** @returns {StoryEvent | null} null: the story has to wait */
    #next() {
        let queue = this.#earliest();
        // What must be told first may itself wait for something else: at most once around all nodes.
        for (let turn = 0; queue && turn < this.#queues.size; turn++) {
            const [head] = queue;
            if (!this.#mustWait(head)) {
                queue.shift();
                this.#record(head);
                return head.event;
            }
            queue = this.#coming.has(head.key) ? this.#queues.get(head.event.peer ?? '') : undefined;
        }
        return null;
    }

    /** @returns {Told[] | undefined} */
    #earliest() {
        let best;
        for (const queue of this.#queues.values()) {
            if (queue.length > 0 && (best === undefined || queue[0].event.at < best[0].event.at)) {
                best = queue;
            }
        }
        return best;
    }

    /** A node tells what it sends to itself once only. @param {Told} told */
    #mustWait({ event, key, waited }) {
        const patience = this.#coming.has(key) ? LONGEST : PATIENCE;
        return event.way === 'in' && event.peer !== event.node && !this.#sent.has(key) && waited < patience;
    }

    /** @param {Told} told */
    #record({ event, key }) {
        if (event.way === 'out') {
            count(this.#coming, key, -1);
            count(this.#sent, key, 1);
        } else if (event.way === 'in') {
            count(this.#sent, key, -1);
        }
    }
}

/** @param {Map<string, number>} counts @param {string} key @param {number} by */
function count(counts, key, by) {
    const now = (counts.get(key) ?? 0) + by;
    if (now > 0) {
        counts.set(key, now);
    } else {
        counts.delete(key);
    }
}

/** A message as its sender and its receiver name it alike. @param {StoryEvent} event */
function keyOf({ node, peer, way, kind, ballot, slot }) {
    const [from, to] = way === 'out' ? [node, peer] : [peer, node];
    return `${kind} ${from} ${to} ${ballot} ${slot}`;
}
