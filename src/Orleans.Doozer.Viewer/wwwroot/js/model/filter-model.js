// @ts-check
// The files that match a glob, as rows: loaded page by page as one scrolls, and kept up to date by a watch.

import { isAborted } from '../api/http.js';
import { compareWalk } from '../lib/paths.js';

/** @typedef {import('../types.js').FoundFile} FoundFile */

const PAGE = 500;

export class FilterModel {
    /** @type {FoundFile[]} in walking order */
    files = [];
    /** Whether there are files beyond those. */
    more = false;
    /** @type {number | null} null: live */
    revision = null;
    glob = '';
    loading = false;
    #after = '';
    #at = 0;
    #abort = new AbortController();
    #unwatch = () => {};
    onChange = () => {};
    onProblem = (/** @type {string} */ _message) => {};

    /**
     * @param {import('../api/http.js').Http} http
     * @param {import('../api/live.js').Live} live
     */
    constructor(http, live) {
        this.http = http;
        this.live = live;
    }

    /**
     * @param {string} glob
     * @param {number | null} revision null: live
     */
    async start(glob, revision) {
        this.stop();
        this.#abort = new AbortController();
        this.glob = glob;
        this.revision = revision;
        this.#at = 0;
        this.more = true;
        const { signal } = this.#abort;
        await this.#load();
        if (revision === null && this.#at > 0 && !signal.aborted) {
            this.#follow();
        }
    }

    stop() {
        this.#abort.abort();
        this.#unwatch();
        this.#unwatch = () => {};
        this.files = [];
        this.more = false;
        this.#after = '';
    }

    /** More rows are in sight than there are. @param {number} last */
    want(last) {
        if (this.more && !this.loading && last >= this.files.length - 1) {
            void this.#load();
        }
    }

    #follow() {
        this.#unwatch = this.live.watch('filter', { glob: this.glob, from: this.#at + 1, mode: 'latest' }, {
            events: (frame) => this.#take(frame.events),
            tooLate: () => void this.start(this.glob, null),
            error: (message) => this.onProblem(message),
        });
    }

    async #load() {
        const { signal } = this.#abort;
        this.loading = true;
        try {
            const length = this.files.length;
            // A search stops after so many files looked at, also when none of them matched.
            do {
                await this.#loadPage(signal);
            } while (this.more && this.files.length === length);
        } catch (error) {
            this.more = false;
            if (!isAborted(error)) {
                this.onProblem(error instanceof Error ? error.message : String(error));
            }
            return;
        } finally {
            this.loading = false;
        }
        this.onChange();
    }

    /** @param {AbortSignal} signal */
    async #loadPage(signal) {
        // Pages of one list belong together: all are of one revision. What changed since then is in the list already, and a page
        // is not taken over it (see #merge).
        const answer = await this.http.get('/api/find', {
            glob: this.glob, limit: PAGE, after: this.#after || null, revision: this.revision ?? (this.#at || null),
        }, signal);
        this.#at = answer.at;
        this.more = answer.more;
        this.#after = answer.next ?? '';
        this.#merge(answer.files);
    }

    /** @param {FoundFile[]} files */
    #merge(files) {
        for (const file of files) {
            const at = this.#indexOf(file.path);
            if (this.files[at]?.path !== file.path && !this.#deleted.has(file.path)) {
                this.files.splice(at, 0, file);
            }
        }
        if (!this.more) {
            this.#deleted.clear();
        }
    }

    /** Deleted while pages of the list are still being loaded as of an older revision. @type {Set<string>} */
    #deleted = new Set();

    /** @param {import('../types.js').StoreEvent[]} events */
    #take(events) {
        const now = performance.now();
        for (const { kind, path, revision, length } of events) {
            const at = this.#indexOf(path);
            const known = this.files[at]?.path === path;
            if (kind === 'delete') {
                this.files.splice(at, known ? 1 : 0);
                if (this.more) {
                    this.#deleted.add(path);
                }
            } else if (kind === 'set') {
                this.#deleted.delete(path);
                this.files.splice(at, known ? 1 : 0, { path, revision, length: length ?? 0, changedAt: now });
            }
        }
        if (events.length > 0) {
            this.onChange();
        }
    }

    /** Where a path is, or belongs. @param {string} path */
    #indexOf(path) {
        let low = 0;
        let high = this.files.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (compareWalk(this.files[middle].path, path) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
