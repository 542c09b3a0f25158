// @ts-check
// One websocket that comes back by itself. It knows nothing of what is said on it.

import { Signal } from '../lib/signal.js';

/** No frame for this long means that the connection is dead (API.md): the server says its state every second. */
const SILENCE_MS = 5000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 4000;
const CLOSED = { signIn: 4401, protocol: 4400, unavailable: 1013 };

/** @typedef {'connecting' | 'open' | 'reconnecting' | 'waiting' | 'signedOut' | 'stopped'} Phase */

export class Socket {
    /** @type {Signal<Phase>} */
    phase = new Signal(/** @type {Phase} */ ('stopped'));
    /** @type {WebSocket | null} */
    #socket = null;
    #retries = 0;
    #lastFrame = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #generation = 0;

    /**
     * @param {object} options
     * @param {() => void} options.opened
     * @param {(frame: any) => void} options.received
     * @param {() => Promise<'serving' | 'waiting' | 'signedOut' | 'unreachable'>} options.ask says why no connection can be made
     */
    constructor(options) {
        this.options = options;
        setInterval(() => this.#watch(), 1000);
        addEventListener('online', () => this.#hurry());
        document.addEventListener('visibilitychange', () => this.#hurry());
    }

    start() {
        this.#generation++;
        this.#retries = 0;
        this.#close();
        this.#connect(this.phase.value === 'stopped' || this.phase.value === 'signedOut' ? 'connecting' : 'reconnecting');
    }

    /** @param {Phase} phase */
    stop(phase = 'stopped') {
        this.#generation++;
        clearTimeout(this.#timer);
        this.#close();
        this.phase.value = phase;
    }

    /** @param {object} message @returns {boolean} whether it was given to the connection */
    send(message) {
        if (this.#socket?.readyState !== WebSocket.OPEN) {
            return false;
        }
        this.#socket.send(JSON.stringify(message));
        return true;
    }

    /** @param {Phase} phase */
    #connect(phase) {
        clearTimeout(this.#timer);
        this.phase.value = phase;
        const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`);
        this.#socket = socket;
        this.#lastFrame = performance.now();
        socket.onopen = () => {
            this.#retries = 0;
            this.phase.value = 'open';
            this.options.opened();
        };
        socket.onmessage = (message) => {
            this.#lastFrame = performance.now();
            this.options.received(JSON.parse(message.data));
        };
        socket.onclose = (close) => {
            if (this.#socket === socket) {
                void this.#lost(close.code);
            }
        };
    }

    /** @param {number} code */
    async #lost(code) {
        this.#socket = null;
        if (code === CLOSED.signIn) {
            this.stop('signedOut');
            await this.options.ask();
            return;
        }
        const generation = this.#generation;
        this.phase.value = code === CLOSED.unavailable ? 'waiting' : 'reconnecting';
        const answer = await this.options.ask();
        if (generation !== this.#generation) {
            return;
        }
        if (answer === 'signedOut') {
            this.stop('signedOut');
            return;
        }
        this.phase.value = answer === 'waiting' ? 'waiting' : 'reconnecting';
        this.#later(answer !== 'serving');
    }

    /** @param {boolean} askFirst whether a connection cannot be made yet: then only its state is asked for */
    #later(askFirst) {
        const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#retries++, 10));
        // The pages of a node that comes back do not all knock at once.
        this.#timer = setTimeout(() => (askFirst ? void this.#lost(0) : this.#connect('reconnecting')), wait * (0.75 + Math.random() / 2));
    }

    #watch() {
        if (this.#socket && performance.now() - this.#lastFrame > SILENCE_MS) {
            this.#close();
            void this.#lost(0);
        }
    }

    /** The network or the user came back: no reason to wait any longer. */
    #hurry() {
        if (!document.hidden && this.#socket === null && (this.phase.value === 'reconnecting' || this.phase.value === 'waiting')) {
            this.start();
        }
    }

    #close() {
        const socket = this.#socket;
        this.#socket = null;
        if (socket) {
            socket.onopen = socket.onmessage = socket.onclose = null;
            socket.close();
        }
    }
}
