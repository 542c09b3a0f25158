// @ts-check
// Who is signed in, with which rights, and what this node is.

import { Signal } from '../lib/signal.js';
import { ApiError } from './http.js';

/** @typedef {import('../types.js').Session} Session */

export class SessionState {
    /** @type {Signal<Session | null>} null until the node first answered */
    current = new Signal(/** @type {Session | null} */ (null));

    /** @param {import('./http.js').Http} http */
    constructor(http) {
        this.http = http;
        // A 401 may mean that the process started again, or that 12 hours are over: ask what holds now.
        this.http.onSignIn = () => void this.#lost();
    }

    get access() {
        return this.current.value?.access ?? 'none';
    }

    get canWrite() {
        return this.access === 'write';
    }

    /** Asks the node again. Throws an ApiError when it does not answer. */
    async refresh() {
        return this.#take(await this.http.get('/api/session'));
    }

    /** @param {string} secret */
    async signIn(secret) {
        return this.#take(await this.http.change('POST', '/api/session', {}, { secret }));
    }

    async signOut() {
        return this.#take(await this.http.change('DELETE', '/api/session'));
    }

    /** @param {Session} session */
    #take(session) {
        this.http.csrf = session.csrf;
        this.current.value = session;
        return session;
    }

    async #lost() {
        try {
            await this.refresh();
        } catch (error) {
            // Not answered: the websocket notices that as well, and asks again.
            if (!(error instanceof ApiError)) {
                throw error;
            }
        }
    }
}
