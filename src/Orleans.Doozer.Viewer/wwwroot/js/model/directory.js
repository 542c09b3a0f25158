// @ts-check
// One open directory: its known entries, its open children, and what changed while a part of it was being loaded.

import { Ranges } from './ranges.js';
import { nameOf } from '../lib/paths.js';

/**
 * @typedef {import('../types.js').Entry} Entry
 * @typedef {import('../types.js').DirectoryChange} DirectoryChange
 * @typedef {import('../types.js').TreeAnswer} TreeAnswer
 */

export class Directory {
    entries = new Ranges();
    /** @type {Map<string, Directory>} open children by name */
    children = new Map();
    depth = 0;
    /** The row of this directory among its parent's entries. */
    index = 0;
    /** Rows on the page: own entries and those of open children. */
    rows = 0;
    /** The revision that `entries` stand for. */
    at = 0;
    /** Whether indexes may be wrong: what is in sight is to be loaded again. */
    stale = false;
    /** One load at a time, so that what is scrolled past is not loaded. */
    loading = false;
    /** When it may be loaded next: a directory that changes too fast for its frames, or a node that refuses, is not asked all the time. */
    loadAfter = 0;
    /** @type {(DirectoryChange & { at: number })[]} changes since the load under way was asked for */
    #log = [];

    /**
     * @param {string} path
     * @param {Directory | null} parent
     */
    constructor(path, parent) {
        this.path = path;
        this.name = nameOf(path);
        this.parent = parent;
        if (parent) {
            this.depth = parent.depth + 1;
        }
    }

    /**
     * Takes a stretch that was asked for when this directory stood at `answer.at`: first what it was then, then what changed since.
     * @param {TreeAnswer} answer
     * @param {number} offset
     * @param {number} now
     */
    takePage(answer, offset, now) {
        const page = new Ranges(answer.count);
        page.put(offset, answer.entries.map((entry) => carry(entry, this.entries.find(entry.name), now)));
        let exact = true;
        for (const change of this.#log.filter((candidate) => candidate.at > answer.at)) {
            exact = !change.many && page.apply(change.entries ?? [], change.count) && exact;
            page.count = change.count;
        }
        if (this.at === 0 || page.count !== this.entries.count || (this.stale && exact)) {
            this.entries = page;
        } else {
            this.entries.overlay(page);
        }
        this.stale = !exact;
        this.at = Math.max(this.at, answer.at);
        this.#log = [];
    }

    /**
     * Takes a live change.
     * @param {DirectoryChange} change
     * @param {number} at
     * @param {number} now
     */
    take(change, at, now) {
        const marked = { ...change, at, entries: change.entries?.map((entry) => ({ ...entry, changedAt: now })) };
        if (this.loading) {
            this.#log.push(marked);
        }
        if (change.many || !this.entries.apply(marked.entries ?? [], change.count)) {
            this.entries.count = change.count;
            this.stale = true;
        }
    }

    /** Counts rows and finds open children again after anything moved. */
    measure() {
        this.rows = this.entries.count;
        for (const child of this.children.values()) {
            const index = this.entries.indexOf(child.name);
            child.index = Math.max(0, Math.min(index < 0 ? child.index : index, this.entries.count - 1));
            child.measure();
            this.rows += child.rows;
        }
    }

    /** @returns {Directory[]} in order of their rows */
    get openChildren() {
        return [...this.children.values()].sort((a, b) => a.index - b.index);
    }
}

/**
 * An entry that is not as it was known lights up, although nobody told of its change.
 * @param {Entry} entry
 * @param {Entry | undefined} known
 * @param {number} now
 * @returns {Entry}
 */
function carry(entry, known, now) {
    const changed = known && (known.revision !== entry.revision || known.length !== entry.length);
    return { ...entry, changedAt: changed ? now : known?.changedAt };
}
