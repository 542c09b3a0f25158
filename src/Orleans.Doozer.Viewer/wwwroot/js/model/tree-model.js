// @ts-check
// The tree as rows: open directories, what is known of them, and the revision it is looked at. Draws nothing.

import { ApiError, isAborted } from '../api/http.js';
import { ancestorsOf, combine, nameOf, parentOf, ROOT } from '../lib/paths.js';
import { Directory } from './directory.js';
import { findIndex } from './find-index.js';
import { descend, firstRow, rowWithin, walk } from './tree-rows.js';

/**
 * @typedef {import('../types.js').Entry} Entry
 * @typedef {import('../types.js').TreeFrame} TreeFrame
 * @typedef {{ directory: Directory, index: number, entry: Entry | undefined, path: string, depth: number,
 *     open: Directory | undefined }} Row
 */

/** As many directories as one websocket message may name. */
const MAX_OPEN = 500;
const WINDOW = 200;
const RETRY_MS = 1000;
const RELOAD_MS = 300;

export class TreeModel {
    root = new Directory(ROOT, null);
    /** The revision looked at; null: live. @type {number | null} */
    revision = null;
    #abort = new AbortController();
    /** Something to draw changed. */
    onChange = () => {};
    /** @type {(directories: string[], from: number) => void} the directories to follow changed */
    onFollow = () => {};
    /** @type {(message: string) => void} something could not be loaded */
    onProblem = () => {};

    /** @param {import('../api/http.js').Http} http */
    constructor(http) {
        this.http = http;
    }

    get rowCount() {
        return this.root.rows;
    }

    /** @returns {Directory[]} all that are open, the root first */
    get open() {
        const all = [this.root];
        for (let i = 0; i < all.length; i++) {
            all.push(...all[i].children.values());
        }
        return all;
    }

    /** @param {number} index @returns {Row} */
    rowAt(index) {
        let directory = this.root;
        let rest = index;
        for (;;) {
            const step = descend(directory, rest);
            if (step.child === null) {
                return this.#row(directory, step.rest);
            }
            directory = step.child;
            rest = step.rest;
        }
    }

    /** The row of a path, -1 when it is not among the known ones. @param {string} path */
    rowOf(path) {
        const directory = this.find(parentOf(path));
        const index = path === ROOT ? -1 : directory?.entries.indexOf(nameOf(path)) ?? -1;
        return directory && index >= 0 ? firstRow(directory) + rowWithin(directory, index) : -1;
    }

    /** The directory of that path, if it is open. @param {string} path @returns {Directory | undefined} */
    find(path) {
        return walk(this.root, path);
    }

    /** What is there as far as is known. @param {string} path */
    kindOf(path) {
        return path === ROOT ? 'directory' : this.find(parentOf(path))?.entries.find(nameOf(path))?.kind;
    }

    /** Starts over, with the directories open that are open now; those that are not there at that revision are closed. */
    async reload() {
        this.#abort.abort();
        this.#abort = new AbortController();
        const before = this.open.slice(1);
        const root = new Directory(ROOT, null);
        const { signal } = this.#abort;
        root.entries = this.root.entries;
        await this.#load(root, 0, signal);
        for (const { path, name, index } of before) {
            const parent = walk(root, parentOf(path));
            const child = parent && await this.#tryOpen(parent, name, signal);
            if (child) {
                child.index = index;
            }
        }
        this.root = root;
        this.#changed();
        this.#follow(1 + Math.min(...this.open.map((directory) => directory.at)));
    }

    /** Looks at another revision; null: live. @param {number | null} revision */
    async lookAt(revision) {
        this.revision = revision;
        try {
            await this.reload();
        } catch (error) {
            // Nothing of another revision may stand there as if it were of this one.
            if (!isAborted(error)) {
                this.root = new Directory(ROOT, null);
                this.#changed();
            }
            throw error;
        }
    }

    /** Opens a directory whose parent is open. @param {string} path */
    async openDirectory(path) {
        const parent = this.find(parentOf(path));
        if (!parent || parent.children.has(nameOf(path))) {
            return;
        }
        if (this.open.length >= MAX_OPEN) {
            this.onProblem(`${MAX_OPEN} directories are open: close one first`);
            return;
        }
        const child = await this.#tryOpen(parent, nameOf(path), this.#abort.signal);
        if (child) {
            this.#changed();
            this.#follow(child.at + 1);
        }
    }

    /** @param {string} path */
    closeDirectory(path) {
        this.find(parentOf(path))?.children.delete(nameOf(path));
        this.#changed();
        this.#follow(Infinity);
    }

    /**
     * Opens all directories above a path.
     * @param {string} path
     * @returns {Promise<number>} its row, -1 when there is no such file or directory
     */
    async reveal(path) {
        for (const above of ancestorsOf(path).slice(1)) {
            await this.#locate(above);
            await this.openDirectory(above);
        }
        await this.#locate(path);
        return this.rowOf(path);
    }

    /** Loads the part of the parent in which a path is, if it is not among the known ones. @param {string} path */
    async #locate(path) {
        const parent = this.find(parentOf(path));
        if (!parent || path === ROOT || parent.entries.indexOf(nameOf(path)) >= 0) {
            return;
        }
        const index = await findIndex(this.http, parent.path, nameOf(path), parent.entries.count, this.revision ?? parent.at);
        if (index >= 0) {
            await this.#load(parent, index, this.#abort.signal);
            this.#changed();
        }
    }

    /** Loads what is missing among the rows in sight. @param {number} first @param {number} last */
    want(first, last) {
        const now = performance.now();
        for (let index = first; index <= last && index < this.rowCount; index++) {
            const row = this.rowAt(index);
            const { directory } = row;
            if ((row.entry === undefined || directory.stale) && !directory.loading && now >= directory.loadAfter) {
                directory.loadAfter = now + RELOAD_MS;
                void this.#load(directory, row.index, this.#abort.signal).then(() => this.#changed(), (error) => this.#problem(error));
            }
        }
    }

    /** @param {TreeFrame} frame */
    take(frame) {
        if (this.revision !== null) {
            return;
        }
        const now = performance.now();
        const open = new Map(this.open.map((directory) => [directory.path, directory]));
        for (const change of frame.changes) {
            const directory = open.get(change.directory);
            if (directory && frame.at >= directory.at) {
                directory.take(change, frame.at, now);
                this.#closeGone(directory, change.entries ?? []);
            }
        }
        for (const directory of open.values()) {
            directory.at = Math.max(directory.at, frame.at);
        }
        if (frame.changes.length > 0) {
            this.#changed();
        }
    }

    /** @param {Directory} directory @param {Entry[]} entries */
    #closeGone(directory, entries) {
        const gone = entries.filter((entry) => entry.kind !== 'directory' && directory.children.delete(entry.name));
        if (gone.length > 0) {
            this.#follow(Infinity);
        }
    }

    /** @param {Directory} parent @param {string} name @param {AbortSignal} signal */
    async #tryOpen(parent, name, signal) {
        const child = new Directory(combine(parent.path, name), parent);
        try {
            await this.#load(child, 0, signal);
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) {
                return null;
            }
            throw error;
        }
        parent.children.set(name, child);
        return child;
    }

    /**
     * Loads the stretch of a directory around an index.
     * @param {Directory} directory
     * @param {number} index
     * @param {AbortSignal} signal
     */
    async #load(directory, index, signal) {
        const offset = Math.max(0, index - WINDOW / 4);
        const revision = this.revision ?? (directory.at || null);
        directory.loading = true;
        try {
            const answer = await this.http.get('/api/tree', { path: directory.path, offset, limit: WINDOW, revision }, signal);
            directory.takePage(answer, offset, performance.now());
        } catch (error) {
            directory.loadAfter = performance.now() + RETRY_MS;
            throw error;
        } finally {
            directory.loading = false;
        }
    }

    #changed() {
        this.root.measure();
        this.onChange();
    }

    /** @param {number} from */
    #follow(from) {
        const live = this.revision === null;
        const lowest = Math.min(from, 1 + this.root.at);
        this.onFollow(live ? this.open.map((directory) => directory.path) : [], lowest);
    }

    /** @param {unknown} error */
    #problem(error) {
        if (isAborted(error)) {
            return;
        }
        // A revision that is no longer kept, or not yet there (the node was restarted): list again.
        if (error instanceof ApiError && (error.status === 410 || error.status === 400) && this.revision === null) {
            this.reload().catch((again) => this.#problem(again));
        } else {
            this.onProblem(error instanceof Error ? error.message : String(error));
        }
    }

    /** @param {Directory} directory @param {number} index @returns {Row} */
    #row(directory, index) {
        const entry = directory.entries.get(index);
        const path = entry ? combine(directory.path, entry.name) : directory.path;
        return { directory, index, entry, path, depth: directory.depth, open: entry && directory.children.get(entry.name) };
    }
}
