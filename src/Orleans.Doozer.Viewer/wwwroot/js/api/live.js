// @ts-check
// What the page follows over the websocket, and where it goes on after a reconnect: nothing is lost or told twice.

import { Signal } from '../lib/signal.js';
import { ApiError } from './http.js';
import { Socket } from './socket.js';

/**
 * @typedef {import('../types.js').TreeFrame} TreeFrame
 * @typedef {import('../types.js').EventsFrame} EventsFrame
 *
 * @typedef {object} Status
 * @property {import('./socket.js').Phase | 'live' | 'behind'} phase
 * @property {number} behind revisions that the server has not yet sent
 * @property {number} [revision]
 * @property {number} [oldestRevision]
 *
 * @typedef {object} WatchHandler
 * @property {(frame: EventsFrame) => void} events
 * @property {(skipped: { from: number, next: number }) => void} [skipped]
 * @property {(tooLate: { oldest: number, revision: number }) => void} [tooLate]
 * @property {(message: string) => void} [error]
 */

/** A frame that a server sent before it read our last message arrives within this time, or the connection is dead. */
const UNDER_WAY_MS = 5000;

export class Live {
    /** @type {Signal<Status>} */
    status = new Signal(/** @type {Status} */ ({ phase: 'connecting', behind: 0 }));
    /** @type {Map<string, { glob: string, mode: string, next: number | undefined, handler: WatchHandler }>} */
    #watches = new Map();
    /** @type {Map<string, Set<(frame: any) => void>>} */
    #feeds = new Map();
    /** `floor`: what was asked for last; a frame that was under way when it was asked for says nothing of it. */
    #tree = { directories: /** @type {string[]} */ ([]), next: /** @type {number | undefined} */ (undefined), floor: 0, floorUntil: 0 };
    #watchNumber = 0;
    onTree = (/** @type {TreeFrame} */ _frame) => {};
    onTreeTooLate = () => {};

    /**
     * @param {import('./http.js').Http} http
     * @param {import('./session.js').SessionState} session
     */
    constructor(http, session) {
        this.http = http;
        this.session = session;
        this.socket = new Socket({
            opened: () => this.#resume(),
            received: (frame) => this.#received(frame),
            ask: () => this.#ask(),
        });
        this.socket.phase.follow((phase) => {
            this.status.value = { ...this.status.value, phase, behind: 0 };
        });
    }

    start() {
        this.socket.start();
    }

    /** Calls back each time the connection is there again: for what could not be loaded meanwhile. @param {() => void} handler */
    whenBack(handler) {
        let was = false;
        this.status.follow(({ phase }) => {
            const is = phase === 'live' || phase === 'behind';
            if (is && !was) {
                handler();
            }
            was = is;
        });
    }

    /** There is no right to follow anything. */
    stop() {
        this.socket.stop('signedOut');
    }

    /**
     * Which directories are open on the page.
     * @param {string[]} directories
     * @param {number} from the first revision that the page does not know of one of them
     */
    followTree(directories, from) {
        const next = this.#tree.next === undefined ? from : Math.min(from, this.#tree.next);
        const floor = performance.now() < this.#tree.floorUntil ? Math.min(next, this.#tree.floor) : next;
        this.#tree = { directories, next: floor, floor, floorUntil: performance.now() + UNDER_WAY_MS };
        this.#sendTree();
    }

    /**
     * @param {string} name
     * @param {{ glob: string, from: number, mode: 'all' | 'latest' }} what
     * @param {WatchHandler} handler
     * @returns {() => void} ends it
     */
    watch(name, { glob, from, mode }, handler) {
        // A number in the id, so that a frame of an ended watch is never taken for one of its successor.
        const id = `${name}-${++this.#watchNumber}`;
        const watch = { glob, mode, next: from, handler };
        this.#watches.set(id, watch);
        this.#sendWatch(id);
        return () => {
            if (this.#watches.get(id) === watch) {
                this.#watches.delete(id);
                this.socket.send({ type: 'unwatch', id });
            }
        };
    }

    /**
     * @param {'cluster' | 'paxos' | 'series'} name
     * @param {(frame: any) => void} handler
     * @returns {() => void} ends it
     */
    feed(name, handler) {
        const handlers = this.#feeds.get(name) ?? new Set();
        this.#feeds.set(name, handlers.add(handler));
        this.#sendFeeds();
        return () => {
            handlers.delete(handler);
            if (handlers.size === 0) {
                this.#feeds.delete(name);
            }
            this.#sendFeeds();
        };
    }

    #resume() {
        this.#sendTree();
        for (const id of this.#watches.keys()) {
            this.#sendWatch(id);
        }
        this.#sendFeeds();
    }

    #sendTree() {
        const { directories, floor, floorUntil } = this.#tree;
        const next = performance.now() < floorUntil ? floor : this.#tree.next;
        this.socket.send({ type: 'tree', directories, ...(next === undefined ? {} : { from: next }) });
    }

    /** @param {string} id */
    #sendWatch(id) {
        const watch = this.#watches.get(id);
        if (watch) {
            this.socket.send({ type: 'watch', id, glob: watch.glob, from: watch.next, mode: watch.mode });
        }
    }

    #sendFeeds() {
        this.socket.send({ type: 'feeds', on: [...this.#feeds.keys()] });
    }

    /** @param {any} frame */
    #received(frame) {
        switch (frame.type) {
            case 'hello':
                this.#refreshSession();
                this.#state({ ...frame, behind: 0 });
                break;
            case 'state':
                this.#state(frame);
                break;
            case 'tree':
                this.#tree.next = frame.next;
                this.onTree(frame);
                break;
            case 'tooLate':
            case 'skipped':
            case 'events':
            case 'error':
                this.#watched(frame);
                break;
            default:
                this.#feeds.get(frame.type)?.forEach((handler) => handler(frame));
        }
    }

    /** @param {{ revision?: number, oldestRevision?: number, behind: number }} state */
    #state({ revision, oldestRevision, behind }) {
        this.status.value = { phase: behind > 0 ? 'behind' : 'live', behind, revision, oldestRevision };
    }

    /** @param {any} frame */
    #watched(frame) {
        if (frame.id === undefined) {
            if (frame.type === 'tooLate') {
                this.#tree = { ...this.#tree, next: undefined, floorUntil: 0 };
                this.onTreeTooLate();
            }
            return;
        }
        const watch = this.#watches.get(frame.id);
        if (!watch) {
            return;
        }
        if (frame.type === 'events') {
            watch.next = frame.next;
            watch.handler.events(frame);
        } else if (frame.type === 'skipped') {
            watch.next = frame.next;
            watch.handler.skipped?.(frame);
        } else {
            this.#watches.delete(frame.id);
            frame.type === 'tooLate' ? watch.handler.tooLate?.(frame) : watch.handler.error?.(frame.message);
        }
    }

    /** After a reconnect the process may be another: its session, its rights, its token. */
    #refreshSession() {
        this.session.refresh().catch((error) => {
            // Not answered: then the websocket is about to end as well, and asks again.
            if (!(error instanceof ApiError)) {
                throw error;
            }
        });
    }

    /** Why there is no connection: the session route answers also while the silo does not serve. */
    async #ask() {
        try {
            const session = await this.session.refresh();
            return session.access === 'none' ? 'signedOut' : session.state === 'serving' ? 'serving' : 'waiting';
        } catch (error) {
            if (error instanceof ApiError) {
                return 'unreachable';
            }
            throw error;
        }
    }
}
