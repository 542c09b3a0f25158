// @ts-check
// A value that others can follow.

/** @template T */
export class Signal {
    /** @type {Set<(value: T) => void>} */
    #followers = new Set();
    #value;

    /** @param {T} value */
    constructor(value) {
        this.#value = value;
    }

    get value() {
        return this.#value;
    }

    set value(value) {
        if (Object.is(value, this.#value)) {
            return;
        }
        this.#value = value;
        for (const follower of [...this.#followers]) {
            follower(value);
        }
    }

    /**
     * Calls `follower` now and at each change.
     * @param {(value: T) => void} follower
     * @returns {() => void} ends it
     */
    follow(follower) {
        this.#followers.add(follower);
        follower(this.#value);
        return () => this.#followers.delete(follower);
    }
}
