// @ts-check
// Changes, always by compare-and-set on the revision that was seen, and what became of them.

import { ApiError } from '../api/http.js';

/**
 * @typedef {import('../types.js').FileAnswer} FileAnswer
 *
 * @typedef {{ kind: 'done', revision: number }
 *     | { kind: 'conflict', current: FileAnswer | null, directory: boolean, message: string }
 *     | { kind: 'unknown', message: string }
 *     | { kind: 'refused', message: string }} Outcome
 */

export class Writer {
    /** @param {import('../api/http.js').Http} http */
    constructor(http) {
        this.http = http;
    }

    /**
     * @param {string} path
     * @param {number} revision the revision that was seen; 0: the file is not there
     * @param {{ encoding: 'text' | 'base64', value: string }} value
     * @returns {Promise<Outcome>}
     */
    set(path, revision, value) {
        return outcome(this.http.change('PUT', '/api/file', { path }, { revision, ...value }));
    }

    /** @param {string} path @param {number} revision @returns {Promise<Outcome>} */
    delete(path, revision) {
        return outcome(this.http.change('DELETE', '/api/file', { path, revision }));
    }
}

/** @param {Promise<{ revision: number }>} answer @returns {Promise<Outcome>} */
async function outcome(answer) {
    try {
        return { kind: 'done', revision: (await answer).revision };
    } catch (error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
        if (error.status === 409) {
            const directory = error.body.directory === true || error.body.error?.directory === true;
            return { kind: 'conflict', current: error.body.current ?? null, directory, message: error.message };
        }
        // No answer at all: the request may have been carried out before the connection broke.
        const unknown = error.status === 504 || error.status === 0;
        return { kind: unknown ? 'unknown' : 'refused', message: error.message };
    }
}
