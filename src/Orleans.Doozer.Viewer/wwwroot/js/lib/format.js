// @ts-check
// Numbers, sizes and times for people. One format everywhere, whatever the browser's language: logs and the command line write them so.

const INTEGER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** @param {number | undefined} value */
export const integer = (value) => (value === undefined ? '-' : INTEGER.format(value));

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (count, one, many = `${one}s`) => `${integer(count)} ${count === 1 ? one : many}`;

/** @param {number | undefined} length */
export function bytes(length) {
    if (length === undefined) {
        return '-';
    }
    let unit = 0;
    let size = length;
    while (size >= 1024 && unit < UNITS.length - 1) {
        size /= 1024;
        unit++;
    }
    return unit === 0 ? `${integer(length)} ${length === 1 ? 'byte' : 'bytes'}` : `${size.toFixed(size < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

/**
 * A duration in the two largest units: "2 d 3 h".
 * @param {number | undefined} milliseconds
 */
export function duration(milliseconds) {
    if (milliseconds === undefined) {
        return '-';
    }
    const seconds = Math.floor(milliseconds / 1000);
    const parts = [[Math.floor(seconds / 86400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'],
        [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
    const first = parts.findIndex(([amount]) => amount !== 0);
    return first < 0 ? '0 s' : parts.slice(first, first + 2).map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}

/**
 * A latency: "0.42 ms".
 * @param {number | undefined} milliseconds
 */
export function latency(milliseconds) {
    if (milliseconds === undefined) {
        return '-';
    }
    return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(1)} s`
        : `${milliseconds.toFixed(milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)} ms`;
}

/** @param {number} at milliseconds since 1970 */
export function clock(at) {
    const time = new Date(at);
    return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** @param {number} at */
export const clockMs = (at) => `${clock(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;

/**
 * A node id, short enough for a label; the full one belongs in the title.
 * @param {string | undefined} node
 */
export const shortNode = (node) => (node ? node.slice(0, 6) : '-');

/**
 * A ballot "7.GEZDGNBVGY3TQOJQ" as "7.GEZDGN".
 * @param {string | undefined} ballot
 */
export function shortBallot(ballot) {
    if (!ballot) {
        return '-';
    }
    const dot = ballot.indexOf('.');
    return dot < 0 ? ballot : `${ballot.slice(0, dot)}.${shortNode(ballot.slice(dot + 1))}`;
}
