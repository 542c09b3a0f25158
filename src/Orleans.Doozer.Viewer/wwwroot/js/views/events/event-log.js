// @ts-check
// The changes that the page keeps: the newest few thousand. While it is held, what arrives waits beside it, bounded as well.

/** @typedef {import('../../types.js').StoreEvent} StoreEvent @typedef {StoreEvent | { gap: string }} LogRow */

const MOST = 5000;

export class EventLog {
    /** @type {LogRow[]} oldest first */
    #rows = [];
    /** @type {LogRow[]} */
    #waiting = [];
    #held = false;
    /** How many are waiting, those included that were waiting for too long and are gone. */
    waiting = 0;

    get count() {
        return this.#rows.length;
    }

    /** @param {number} index from the newest */
    at(index) {
        return this.#rows[this.#rows.length - 1 - index];
    }

    clear() {
        this.#rows = [];
        this.#waiting = [];
        this.waiting = 0;
    }

    /** @param {LogRow[]} rows @returns {number} how many are new in sight */
    add(rows) {
        if (this.#held) {
            this.#waiting = [...this.#waiting, ...rows].slice(-MOST);
            this.waiting += rows.length;
            return 0;
        }
        this.#rows = [...this.#rows, ...rows].slice(-MOST);
        return rows.length;
    }

    /** @param {string} gap what is not in the log */
    addGap(gap) {
        return this.add([{ gap }]);
    }

    /** @param {boolean} held */
    hold(held) {
        this.#held = held;
        if (!held) {
            const lost = this.waiting - this.#waiting.length;
            const rows = lost > 0 ? [{ gap: `${lost} changes came while this was paused and are not kept on this page` }, ...this.#waiting] : this.#waiting;
            this.#waiting = [];
            this.waiting = 0;
            this.add(rows);
        }
    }
}
