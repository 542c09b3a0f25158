// @ts-check
// One path, looked at live or as of a revision: the file, or the directory, or nothing there.

import { ApiError, isAborted } from '../api/http.js';

/**
 * @typedef {import('../types.js').FileAnswer} FileAnswer
 * @typedef {import('../types.js').StoreEvent} StoreEvent
 *
 * @typedef {{ kind: 'loading' } | { kind: 'file', file: FileAnswer } | { kind: 'directory', count: number }
 *     | { kind: 'missing' } | { kind: 'problem', message: string }} Content
 */

/** A file that changes all the time is loaded again at most this often. */
const RELOAD_MS = 250;

export class FileModel {
    path = '';
    /** @type {number | null} null: live */
    revision = null;
    /** @type {Content} */
    content = { kind: 'loading' };
    onChange = () => {};
    #abort = new AbortController();
    #unwatch = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #reload;

    /**
     * @param {import('../api/http.js').Http} http
     * @param {import('../api/live.js').Live} live
     */
    constructor(http, live) {
        this.http = http;
        this.live = live;
        live.whenBack(() => {
            if (this.content.kind === 'problem' && this.path !== '') {
                const { path, revision: at } = this;
                this.path = '';
                void this.open(path, at);
            }
        });
    }

    /** @param {string} path @param {number | null} revision @param {boolean} isDirectory what the caller believes it to be */
    async open(path, revision, isDirectory = false) {
        if (path === this.path && revision === this.revision) {
            return;
        }
        this.close();
        this.path = path;
        this.revision = revision;
        this.#set({ kind: 'loading' });
        const { signal } = this.#abort;
        const at = await (isDirectory ? this.#loadDirectory(signal) : this.#load(signal));
        if (revision === null && at !== null && !signal.aborted) {
            this.#follow(at + 1);
        }
    }

    close() {
        clearTimeout(this.#reload);
        this.#reload = undefined;
        this.#abort.abort();
        this.#abort = new AbortController();
        this.#unwatch();
        this.#unwatch = () => {};
        this.path = '';
    }

    /** Loads it again, for example after one's own change. */
    async refresh() {
        await this.#load(this.#abort.signal);
    }

    /** @param {number} from */
    #follow(from) {
        this.#unwatch = this.live.watch('file', { glob: this.path, from, mode: 'latest' }, {
            events: (frame) => frame.events.forEach((event) => this.#take(event)),
            tooLate: ({ revision }) => {
                void this.refresh();
                this.#follow(revision + 1);
            },
        });
    }

    /** @param {StoreEvent} event */
    #take(event) {
        if (this.content.kind === 'file' && this.content.file.revision >= event.revision) {
            return;
        }
        if (event.kind === 'delete') {
            // Nothing is left here; a directory may have come in its place meanwhile.
            void this.refresh();
        } else if (event.kind === 'set' && event.truncated === false) {
            const { revision, path, length = 0, encoding = 'text', value = '' } = event;
            this.#set({ kind: 'file', file: { at: revision, path, revision, length, encoding, value, truncated: false } });
        } else {
            this.#reload ??= setTimeout(() => {
                this.#reload = undefined;
                void this.refresh();
            }, RELOAD_MS);
        }
    }

    /** @param {AbortSignal} signal @returns {Promise<number | null>} the revision of the store that was read; null: not known */
    async #load(signal) {
        const { path, revision } = this;
        try {
            const file = await this.http.get('/api/file', { path, revision }, signal);
            this.#set({ kind: 'file', file });
            return file.at;
        } catch (error) {
            if (isAborted(error)) {
                return null;
            }
            if (error instanceof ApiError && error.status === 404) {
                return this.#loadDirectory(signal);
            }
            this.#set({ kind: 'problem', message: error instanceof Error ? error.message : String(error) });
            return null;
        }
    }

    /** @param {AbortSignal} signal @returns {Promise<number | null>} */
    async #loadDirectory(signal) {
        const { path, revision } = this;
        try {
            const directory = await this.http.get('/api/tree', { path, limit: 1, revision }, signal);
            this.#set({ kind: 'directory', count: directory.count });
            return directory.at;
        } catch (error) {
            if (isAborted(error)) {
                return null;
            }
            const gone = error instanceof ApiError && error.status === 404;
            this.#set(gone ? { kind: 'missing' } : { kind: 'problem', message: error instanceof Error ? error.message : String(error) });
            return gone ? this.live.status.value.revision ?? null : null;
        }
    }

    /** @param {Content} content */
    #set(content) {
        this.content = content;
        this.onChange();
    }
}
