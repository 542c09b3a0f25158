// @ts-check
// The difference of two texts, line by line (Myers 1986). Texts that have too little in common are shown as replaced: beyond that
// many changes nobody reads a diff, and the search would freeze the page.

/** @typedef {{ kind: 'same' | 'removed' | 'added', text: string, left?: number, right?: number }} DiffLine */

const MAX_CHANGES = 1500;

/**
 * @param {string} before
 * @param {string} after
 * @returns {DiffLine[]}
 */
export function diffLines(before, after) {
    // The end of the last line is no line of its own, unless only one of the texts has it.
    const ended = before.endsWith('\n') && after.endsWith('\n');
    const a = split(ended ? before.slice(0, -1) : before);
    const b = split(ended ? after.slice(0, -1) : after);
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) {
        start++;
    }
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) {
        end++;
    }
    const left = a.slice(start, a.length - end);
    const right = b.slice(start, b.length - end);
    const script = [...a.slice(0, start).map(same), ...middle(left, right), ...a.slice(a.length - end).map(same)];
    return numbered(script);
}

/** @param {string} text */
const split = (text) => (text === '' ? [] : text.split('\n'));

/** @param {string} text @returns {DiffLine} */
const same = (text) => ({ kind: 'same', text });

/** @param {string[]} a @param {string[]} b @returns {DiffLine[]} */
function middle(a, b) {
    const trace = search(a, b);
    if (trace === null) {
        return [...a.map((text) => ({ kind: /** @type {const} */ ('removed'), text })),
            ...b.map((text) => ({ kind: /** @type {const} */ ('added'), text }))];
    }
    return walkBack(a, b, trace);
}

/**
 * How far each diagonal gets with 0, 1, 2, ... changes.
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Int32Array[] | null} null: more than MAX_CHANGES
 */
function search(a, b) {
    const most = Math.min(a.length + b.length, MAX_CHANGES);
    const furthest = new Int32Array(2 * most + 3);
    const zero = most + 1;
    /** @type {Int32Array[]} */
    const trace = [];
    for (let changes = 0; changes <= most; changes++) {
        // Of all diagonals only those that this many changes can reach.
        trace.push(furthest.slice(zero - changes - 1, zero + changes + 2));
        for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
            const down = diagonal === -changes || (diagonal !== changes && furthest[zero + diagonal - 1] < furthest[zero + diagonal + 1]);
            let x = down ? furthest[zero + diagonal + 1] : furthest[zero + diagonal - 1] + 1;
            while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) {
                x++;
            }
            furthest[zero + diagonal] = x;
            if (x >= a.length && x - diagonal >= b.length) {
                return trace;
            }
        }
    }
    return null;
}

/** @param {string[]} a @param {string[]} b @param {Int32Array[]} trace @returns {DiffLine[]} */
function walkBack(a, b, trace) {
    /** @type {DiffLine[]} */
    const script = [];
    let x = a.length;
    let y = b.length;
    for (let changes = trace.length - 1; changes >= 0; changes--) {
        const furthest = trace[changes];
        const zero = changes + 1;
        const diagonal = x - y;
        const down = diagonal === -changes || (diagonal !== changes && furthest[zero + diagonal - 1] < furthest[zero + diagonal + 1]);
        const fromDiagonal = down ? diagonal + 1 : diagonal - 1;
        const fromX = changes === 0 ? 0 : furthest[zero + fromDiagonal];
        const fromY = changes === 0 ? 0 : fromX - fromDiagonal;
        while (x > fromX && y > fromY) {
            script.push(same(a[--x]));
            y--;
        }
        if (changes > 0) {
            script.push(down ? { kind: 'added', text: b[--y] } : { kind: 'removed', text: a[--x] });
        }
    }
    return script.reverse();
}

/** @param {DiffLine[]} script */
function numbered(script) {
    let left = 0;
    let right = 0;
    return script.map((line) => ({
        ...line,
        left: line.kind === 'added' ? undefined : ++left,
        right: line.kind === 'removed' ? undefined : ++right,
    }));
}
