// @ts-check
// How many messages of each kind all nodes told of, per second: also those that are too many or too dull to be shown one by one.

import { fill, h } from '../../lib/dom.js';
import { integer } from '../../lib/format.js';

const FRAMES = 12;
const NAMES = { heartbeat: 'Heartbeat', heartbeatReply: 'Heartbeat answered', highestAcceptedQuery: 'Read: what did you accept?', highestAccepted: 'Read: answered', appliedQuery: 'What did you apply?', appliedReply: 'Applied', preVote: 'Pre-vote', preVoteReply: 'Pre-vote answered', alreadyDecided: 'Already decided' };

export class Traffic {
    /** @type {{ at: number, counts: Map<string, number>, decided: number }[]} */
    #frames = [];
    #drawn = 0;
    element = h('dl', { class: 'facts traffic' });

    /** @param {import('../../types.js').PaxosFrame} frame */
    take(frame) {
        /** @type {Map<string, number>} */
        const counts = new Map();
        for (const { counts: told = {} } of frame.nodes) {
            for (const [kind, count] of Object.entries(told)) {
                counts.set(kind, (counts.get(kind) ?? 0) + count);
            }
        }
        this.#frames.push({ at: frame.at, counts, decided: Math.max(0, ...frame.nodes.map((node) => node.decided ?? 0)) });
        this.#frames.splice(0, this.#frames.length - FRAMES);
        if (performance.now() - this.#drawn > 900) {
            this.#drawn = performance.now();
            this.#draw();
        }
    }

    get #seconds() {
        const { length } = this.#frames;
        return length < 2 ? 0 : (this.#frames[length - 1].at - this.#frames[0].at) / 1000;
    }

    /** Slots decided, or messages of a kind. @param {string} kind */
    perSecond(kind) {
        const [first, ...rest] = this.#frames;
        if (this.#seconds <= 0) {
            return 0;
        }
        const count = kind === 'decided' ? (rest.at(-1)?.decided ?? 0) - first.decided : rest.reduce((sum, { counts }) => sum + (counts.get(kind) ?? 0), 0);
        return Math.max(0, count / this.#seconds);
    }

    #draw() {
        const kinds = [...new Set(this.#frames.flatMap(({ counts }) => [...counts.keys()]))].filter((kind) => kind !== 'decided').sort();
        fill(this.element, h('dt', {}, h('b', {}, 'Slots decided')), h('dd', {}, h('b', {}, integer(Math.round(this.perSecond('decided'))))), ...kinds.flatMap((kind) => [
            h('dt', {}, /** @type {Record<string, string>} */ (NAMES)[kind] ?? `${kind[0].toUpperCase()}${kind.slice(1)}`), h('dd', {}, integer(Math.round(this.perSecond(kind))))]));
    }
}
