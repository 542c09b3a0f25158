// @ts-check
// Text from the store, shown so that it cannot lie: characters that are invisible, that control a terminal, or that turn the
// direction of the text around are written out as their code points. Letters of right-to-left scripts stay what they are; the
// style sheet isolates each line (unicode-bidi), so that they order nothing but themselves.

import { h } from './dom.js';

/** Controls but tab and line end; soft hyphen; Arabic letter mark and other format characters; zero-width space; direction marks,
 * embeddings, overrides and isolates; line separators; invisible operators; byte order mark; interlinear marks; tags; lone surrogates. */
const HIDDEN = new RegExp(
    '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u070f\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f'
    + '\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}\\p{Surrogate}]+', 'gu');

/** @type {Record<number, string>} */
const NAMES = {
    0x00: 'null', 0x07: 'bell', 0x08: 'backspace', 0x0d: 'carriage return', 0x1b: 'escape', 0x7f: 'delete', 0xad: 'soft hyphen',
    0x61c: 'Arabic letter mark', 0x200b: 'zero-width space', 0x200e: 'left-to-right mark', 0x200f: 'right-to-left mark',
    0x2028: 'line separator', 0x2029: 'paragraph separator', 0x202a: 'left-to-right embedding', 0x202b: 'right-to-left embedding',
    0x202c: 'end of embedding', 0x202d: 'left-to-right override', 0x202e: 'right-to-left override', 0x2060: 'word joiner',
    0x2066: 'left-to-right isolate', 0x2067: 'right-to-left isolate', 0x2068: 'first strong isolate', 0x2069: 'end of isolate',
    0xfeff: 'byte order mark',
};

/**
 * The text as nodes: plain runs as text, hidden characters as marked code points.
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function visible(text) {
    const fragment = document.createDocumentFragment();
    let end = 0;
    for (const match of text.matchAll(HIDDEN)) {
        fragment.append(text.slice(end, match.index));
        const points = [...match[0]].map(codePoint);
        fragment.append(h('span', { class: 'hidden-character', title: points.map(describe).join(', ') },
            points.map((point) => `U+${hex(point)}`).join(' ')));
        end = match.index + match[0].length;
    }
    fragment.append(text.slice(end));
    return fragment;
}

/**
 * The same for places that take text only: titles, labels.
 * @param {string} text
 */
export function visibleText(text) {
    return text.replace(HIDDEN, (run) => [...run].map((character) => `[U+${hex(codePoint(character))}]`).join(''));
}

/**
 * How many characters of a text cannot be seen.
 * @param {string} text
 */
export function countHidden(text) {
    let count = 0;
    for (const match of text.matchAll(HIDDEN)) {
        count += [...match[0]].length;
    }
    return count;
}

/** @param {string} character */
const codePoint = (character) => character.codePointAt(0) ?? 0;

/** @param {number} point */
const hex = (point) => point.toString(16).toUpperCase().padStart(4, '0');

/** @param {number} point */
const describe = (point) => `U+${hex(point)} ${NAMES[point] ?? (point < 0xa0 ? 'control character' : 'invisible character')}`;
