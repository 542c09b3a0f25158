// @ts-check
// From open directories to rows and back: the entries of an open directory follow its own row.

import { namesOf } from '../lib/paths.js';

/** @typedef {import('./directory.js').Directory} Directory */

/**
 * Whether a row within a directory is its own entry or in an open child.
 * @param {Directory} directory
 * @param {number} row
 */
export function descend(directory, row) {
    let above = 0;
    for (const child of directory.openChildren) {
        const childRow = child.index + above;
        if (row <= childRow) {
            break;
        }
        if (row <= childRow + child.rows) {
            return { child, rest: row - childRow - 1 };
        }
        above += child.rows;
    }
    return { child: null, rest: row - above };
}

/** @param {Directory} directory @param {number} index */
export const rowWithin = (directory, index) =>
    index + directory.openChildren.filter((child) => child.index < index).reduce((sum, child) => sum + child.rows, 0);

/** The row of a directory's first entry. @param {Directory} directory @returns {number} */
export const firstRow = (directory) =>
    (directory.parent ? firstRow(directory.parent) + rowWithin(directory.parent, directory.index) + 1 : 0);

/** @param {Directory} root @param {string} path @returns {Directory | undefined} */
export function walk(root, path) {
    let directory = /** @type {Directory | undefined} */ (root);
    for (const name of namesOf(path)) {
        directory = directory?.children.get(name);
    }
    return directory;
}
