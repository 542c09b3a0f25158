// @ts-check
// What the page knows of one directory's sorted entries: some stretches of them, by index. A directory may have 100,000
// entries of which a few pages are loaded; changes arrive by name. An entry that appears or vanishes inside a known stretch moves
// what follows by one; between two stretches only the directory's count tells what happened. Where that is not enough to keep every
// index right, `apply` says so, and the pages in sight are loaded again.

/**
 * @typedef {import('../types.js').Entry} Entry
 * @typedef {{ start: number, entries: Entry[] }} Range
 * @typedef {{ sets: boolean, misses: boolean }} Touched
 */

export class Ranges {
    /** @type {Range[]} */
    #ranges = [];

    /** @param {number} count how many entries the directory has */
    constructor(count = 0) {
        this.count = count;
    }

    /** @param {number} index @returns {Entry | undefined} undefined when it is not known */
    get(index) {
        const range = this.#ranges.find((candidate) => index < candidate.start + candidate.entries.length);
        return range && index >= range.start ? range.entries[index - range.start] : undefined;
    }

    /** The index of a name, -1 when it is not known to be there. @param {string} name */
    indexOf(name) {
        const place = this.#locate(name);
        return place.found ? place.range.start + place.at : -1;
    }

    /** @param {string} name */
    find(name) {
        const place = this.#locate(name);
        return place.found ? place.range.entries[place.at] : undefined;
    }

    /** Takes a page of entries that starts at an index. @param {number} start @param {Entry[]} entries */
    put(start, entries) {
        if (entries.length === 0) {
            return;
        }
        const end = start + entries.length;
        const kept = this.#ranges.flatMap((range) => [
            { start: range.start, entries: range.entries.slice(0, Math.max(0, start - range.start)) },
            { start: Math.max(range.start, end), entries: range.entries.slice(Math.max(0, end - range.start)) },
        ]);
        this.#ranges = merge([...kept, { start, entries: [...entries] }]);
    }

    /** Takes all that another view of the same directory knows. @param {Ranges} other */
    overlay(other) {
        for (const range of other.#ranges) {
            this.put(range.start, range.entries);
        }
    }

    /**
     * Takes changes of entries.
     * @param {Entry[]} changes
     * @param {number} count how many entries there are after them
     * @returns {boolean} whether all indexes are still known to be right
     */
    apply(changes, count) {
        /** @type {Map<Range | null, Touched>} the gap before a range; null: the one after the last */
        const gaps = new Map();
        for (const change of changes) {
            this.#applyOne(change, gaps);
        }
        const rest = count - this.count;
        this.count = count;
        const exact = this.#settle(gaps, rest);
        this.#ranges = merge(this.#ranges);
        return exact;
    }

    /** @param {Entry} change @param {Map<Range | null, Touched>} gaps */
    #applyOne(change, gaps) {
        const place = this.#locate(change.name);
        if (place.found) {
            if (change.kind === 'missing') {
                place.range.entries.splice(place.at, 1);
                this.#move(this.#ranges.indexOf(place.range) + 1, -1);
                this.count--;
                this.#dropIfEmpty(place.range, gaps);
            } else {
                place.range.entries[place.at] = change;
            }
        } else if (place.range) {
            if (change.kind !== 'missing') {
                if (this.#ranges.length === 0) {
                    this.#ranges = [place.range];
                }
                place.range.entries.splice(place.at, 0, change);
                this.#move(this.#ranges.indexOf(place.range) + 1, 1);
                this.count++;
            }
        } else {
            touch(gaps, place.gap, { sets: change.kind !== 'missing', misses: change.kind === 'missing' });
        }
    }

    /** The gaps on both sides of a stretch that is no more are one. @param {Range} range @param {Map<Range | null, Touched>} gaps */
    #dropIfEmpty(range, gaps) {
        if (range.entries.length > 0) {
            return;
        }
        const at = this.#ranges.indexOf(range);
        this.#ranges.splice(at, 1);
        const before = gaps.get(range);
        if (before) {
            gaps.delete(range);
            touch(gaps, this.#ranges[at] ?? null, before);
        }
    }

    /**
     * Gives what the count says beyond the known changes to the gap it must have happened in.
     * @param {Map<Range | null, Touched>} gaps
     * @param {number} rest
     */
    #settle(gaps, rest) {
        if (gaps.size === 0) {
            return rest === 0;
        }
        if (gaps.size > 1) {
            const all = [...gaps.values()];
            return rest === 0 && (all.every((gap) => !gap.misses) || all.every((gap) => !gap.sets));
        }
        const [gap] = gaps.keys();
        if (gap !== null) {
            const first = this.#ranges.indexOf(gap);
            this.#move(first, rest);
            const before = this.#ranges[first - 1];
            return gap.start >= (before ? before.start + before.entries.length : 0);
        }
        return true;
    }

    /** @param {number} first @param {number} by */
    #move(first, by) {
        for (let i = first; i < this.#ranges.length; i++) {
            this.#ranges[i].start += by;
        }
    }

    /**
     * Where a name is, or would be.
     * @param {string} name
     * @returns {{ found: true, range: Range, at: number } | { found: false, range: Range, at: number }
     *     | { found: false, range: null, gap: Range | null }}
     */
    #locate(name) {
        const next = this.#ranges.find((range) => last(range).name >= name);
        if (next && name >= next.entries[0].name) {
            const at = lowerBound(next.entries, name);
            return next.entries[at].name === name ? { found: true, range: next, at } : { found: false, range: next, at };
        }
        if (next) {
            return next.start === 0 ? { found: false, range: next, at: 0 } : { found: false, range: null, gap: next };
        }
        const end = this.#ranges.at(-1);
        if (end && end.start + end.entries.length >= this.count) {
            return { found: false, range: end, at: end.entries.length };
        }
        if (!end && this.count === 0) {
            return { found: false, range: { start: 0, entries: [] }, at: 0 };
        }
        return { found: false, range: null, gap: null };
    }
}

/** @param {Map<Range | null, Touched>} gaps @param {Range | null} gap @param {Touched} by */
function touch(gaps, gap, by) {
    const before = gaps.get(gap);
    gaps.set(gap, { sets: by.sets || before?.sets === true, misses: by.misses || before?.misses === true });
}

/** @param {Range} range */
const last = (range) => range.entries[range.entries.length - 1];

/** @param {Entry[]} entries @param {string} name */
function lowerBound(entries, name) {
    let low = 0;
    let high = entries.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (entries[middle].name < name) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** Joins neighbours, so that a stretch has a gap on each side. @param {Range[]} ranges */
function merge(ranges) {
    /** @type {Range[]} */
    const merged = [];
    for (const range of ranges.filter((candidate) => candidate.entries.length > 0).sort((a, b) => a.start - b.start)) {
        const before = merged.at(-1);
        if (before && before.start + before.entries.length === range.start) {
            before.entries = before.entries.concat(range.entries);
        } else {
            merged.push({ start: range.start, entries: range.entries });
        }
    }
    return merged;
}
