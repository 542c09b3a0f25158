// @ts-check
// The nodes in a ring, and messages on their way between them.

import { fill, set, setText, svg } from '../../lib/dom.js';
import { integer, shortBallot } from '../../lib/format.js';
import { orderedIds } from './order.js';
import { classOf, shape } from './shapes.js';

/**
 * @typedef {import('../../model/paxos/merge.js').StoryEvent} StoryEvent
 * @typedef {import('../../model/paxos/state.js').State} State
 * @typedef {{ x: number, y: number }} Point
 */

/** On a phone the ring is narrow, so that its letters stay readable. */
const NARROW = matchMedia('(max-width: 720px)').matches;
const WIDTH = NARROW ? 400 : 640;
const HEIGHT = 300;
const REACH = NARROW ? 125 : 225;
const RADIUS = 33;
const MOST_FLYING = 40;

export class Ring {
    /** @type {Map<string, { at: Point, group: SVGElement, name: SVGElement, role: SVGElement, number: SVGElement }>} */
    #nodes = new Map();
    #shape = '';
    /** @type {Set<number>} */
    #flying = new Set();
    #still = matchMedia('(prefers-reduced-motion: reduce)');

    edges = svg('g', { class: 'ring-edges' });
    trails = svg('g');
    circles = svg('g');
    messages = svg('g');
    element = svg('svg', { class: 'ring', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' }, this.edges, this.trails, this.circles, this.messages);

    /** @param {State} state @param {(id: string | undefined) => string} name */
    draw(state, name) {
        const ids = orderedIds(state, name);
        if (ids.join() !== this.#shape) {
            this.#shape = ids.join();
            this.#build(ids);
        }
        for (const [id, node] of state.nodes) {
            const drawn = this.#nodes.get(id);
            if (drawn) {
                const leads = state.leader === id && node.reachable;
                set(drawn.group, 'data-role', !node.reachable ? 'away' : leads ? 'leader' : node.voter ? 'voter' : 'follower');
                setText(drawn.name, name(id));
                setText(drawn.role, !node.reachable ? 'does not answer' : leads ? `leader, ballot ${shortBallot(state.ballot)}` : node.voter ? `voter, promised ${shortBallot(node.promised)}` : 'no vote');
                setText(drawn.number, integer(node.decided));
            }
        }
    }

    /** @param {string[]} ids */
    #build(ids) {
        this.#nodes.clear();
        ids.forEach((id, i) => {
            const angle = 2 * Math.PI * i / ids.length - Math.PI / 2;
            const at = ids.length === 1 ? { x: WIDTH / 2, y: HEIGHT / 2 - 14 }
                : { x: WIDTH / 2 + REACH * Math.cos(angle), y: HEIGHT / 2 - (ids.length === 3 ? 2 : 14) + (ids.length === 3 ? 106 : 92) * Math.sin(angle) };
            const name = svg('text', { class: 'ring-name', y: RADIUS + 18 });
            const role = svg('text', { class: 'ring-role', y: RADIUS + 33 });
            const number = svg('text', { class: 'ring-number', y: 2 });
            const group = svg('g', { class: 'ring-node', transform: `translate(${at.x} ${at.y})` },
                svg('circle', { class: 'ring-halo', r: RADIUS + 6 }), svg('circle', { class: 'ring-disc', r: RADIUS }), number,
                svg('text', { class: 'ring-caption', y: 14 }, 'decided'), name, role);
            this.#nodes.set(id, { at, group, name, role, number });
        });
        const points = [...this.#nodes.values()].map(({ at }) => at);
        fill(this.edges, ...points.flatMap((a, i) => points.slice(i + 1).map((b) => svg('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y }))));
        fill(this.circles, ...[...this.#nodes.values()].map(({ group }) => group));
    }

    /** Shows one step: its messages fly for that long, or what happened at a node lights up. @param {StoryEvent[]} events @param {number} milliseconds */
    step(events, milliseconds) {
        this.clear();
        for (const event of events) {
            const kind = classOf(event.kind);
            if (event.way === 'out' && event.peer) {
                this.#trail(event, kind);
                this.#fly(event, milliseconds, 0, true);
            }
            const node = this.#nodes.get(event.node);
            node?.group.classList.add('busy', `busy-${kind}`);
        }
    }

    /** Shows a handful of what went on in a quarter of a second. @param {StoryEvent[]} events */
    stream(events) {
        this.#unmark();
        if (this.#still.matches) {
            return;
        }
        const sent = events.filter((event) => event.way === 'out' && event.peer !== event.node);
        const every = Math.max(1, Math.ceil(sent.length / MOST_FLYING));
        sent.filter((_, i) => i % every === 0).forEach((event, i, all) => this.#fly(event, 420, 250 * i / all.length, false));
    }

    clear() {
        this.#flying.forEach((id) => cancelAnimationFrame(id));
        this.#flying.clear();
        fill(this.messages);
        this.#unmark();
    }

    #unmark() {
        fill(this.trails);
        for (const { group } of this.#nodes.values()) {
            set(group, 'class', 'ring-node');
        }
    }

    /** @param {StoryEvent} event */
    #way({ node, peer }) {
        const from = this.#nodes.get(node)?.at;
        const to = this.#nodes.get(peer ?? '')?.at;
        if (!from || !to) {
            return null;
        }
        if (node === peer) {
            // To the own acceptor: a loop beside the node.
            return { from, to, bend: { x: from.x + (from.x < WIDTH / 2 ? -120 : 120), y: from.y - 70 } };
        }
        // Bent to one side, so that the way there and the way back do not lie on each other.
        const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
        const length = Math.hypot(to.x - from.x, to.y - from.y);
        return { from, to, bend: { x: middle.x - 34 * (to.y - from.y) / length, y: middle.y + 34 * (to.x - from.x) / length } };
    }

    /** @param {StoryEvent} event @param {string} kind */
    #trail(event, kind) {
        const way = this.#way(event);
        if (way) {
            this.trails.append(svg('path', { class: `trail trail-${kind}`, d: `M${way.from.x} ${way.from.y}Q${way.bend.x} ${way.bend.y} ${way.to.x} ${way.to.y}` }));
        }
    }

    /** @param {StoryEvent} event @param {number} milliseconds @param {number} delay @param {boolean} stays whether it is still seen when it is there */
    #fly(event, milliseconds, delay, stays) {
        const way = this.#way(event);
        if (!way) {
            return;
        }
        const mark = svg('g', { class: 'message', visibility: 'hidden' }, shape(event.kind));
        this.messages.append(mark);
        const start = performance.now() + delay;
        let id = 0;
        const draw = (/** @type {number} */ now) => {
            this.#flying.delete(id);
            const part = this.#still.matches ? 0.5 : Math.max(0, Math.min(1, (now - start) / milliseconds));
            // Not into the disc: it stops at its rim.
            const point = along(way, 0.16 + 0.68 * ease(part));
            set(mark, 'transform', `translate(${point.x.toFixed(1)} ${point.y.toFixed(1)})`);
            set(mark, 'visibility', now < start ? 'hidden' : 'visible');
            if (part < 1 && !(this.#still.matches && now > start)) {
                id = requestAnimationFrame(draw);
                this.#flying.add(id);
            } else if (!stays) {
                mark.remove();
            }
        };
        draw(performance.now());
    }
}

/** @param {{ from: Point, to: Point, bend: Point }} way @param {number} t */
function along({ from, to, bend }, t) {
    const part = (/** @type {'x' | 'y'} */ axis) => (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * bend[axis] + t ** 2 * to[axis];
    return { x: part('x'), y: part('y') };
}

/** @param {number} t */
const ease = (t) => (t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2);
