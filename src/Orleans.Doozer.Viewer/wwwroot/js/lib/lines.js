// @ts-check
// Text as lines that are short enough to draw: a line of a megabyte is cut into pieces, each a row of its own.

/** @typedef {{ number: number, text: string, continued: boolean }} Line */

const MAX_LENGTH = 400;

/** @param {string} text @returns {Line[]} */
export function toLines(text) {
    /** @type {Line[]} */
    const lines = [];
    const parts = text.split('\n');
    if (parts.length > 1 && parts[parts.length - 1] === '') {
        parts.pop();
    }
    parts.forEach((part, i) => cut(part).forEach((piece, k) => lines.push({ number: i + 1, text: piece, continued: k > 0 })));
    return lines;
}

/** @param {string} text */
function cut(text) {
    if (text.length <= MAX_LENGTH) {
        return [text];
    }
    const pieces = [];
    for (let start = 0; start < text.length;) {
        let end = Math.min(text.length, start + MAX_LENGTH);
        const last = text.charCodeAt(end - 1);
        // Not between the halves of one character.
        end -= end < text.length && last >= 0xd800 && last < 0xdc00 ? 1 : 0;
        pieces.push(text.slice(start, end));
        start = end;
    }
    return pieces;
}
