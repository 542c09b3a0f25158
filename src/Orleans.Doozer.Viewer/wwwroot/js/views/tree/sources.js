// @ts-check
// What the grid shows: the tree itself, or the files that match a filter.

import { parentOf } from '../../lib/paths.js';

/**
 * @typedef {import('../../model/tree-model.js').TreeModel} TreeModel
 * @typedef {import('../../model/filter-model.js').FilterModel} FilterModel
 * @typedef {import('./tree-grid.js').Source} Source
 */

/**
 * @param {TreeModel} model
 * @param {(path: string) => void} select
 * @param {(error: unknown) => void} failed
 * @returns {Source}
 */
export function treeSource(model, select, failed) {
    const expand = (/** @type {number} */ index) => {
        const row = model.rowAt(index);
        if (row.entry?.kind === 'directory') {
            model.openDirectory(row.path).catch(failed);
        }
    };
    const collapse = (/** @type {number} */ index) => model.closeDirectory(model.rowAt(index).path);
    return {
        count: () => model.rowCount,
        row(index) {
            const { entry, directory, depth, open, path, index: position } = model.rowAt(index);
            return {
                key: entry ? path : '', name: entry?.name ?? '', kind: entry?.kind ?? 'file', revision: entry?.revision, length: entry?.length,
                changedAt: entry?.changedAt, level: depth + 1, position: position + 1, siblings: directory.entries.count,
                expanded: entry?.kind === 'directory' ? open !== undefined : undefined,
            };
        },
        want: (first, last) => model.want(first, last),
        choose(index) {
            const { entry, path, open } = model.rowAt(index);
            if (!entry) {
                return;
            }
            if (entry.kind === 'directory') {
                open ? collapse(index) : expand(index);
            }
            select(path);
        },
        expand,
        collapse,
        parent: (index) => model.rowOf(parentOf(model.rowAt(index).path)),
    };
}

/**
 * @param {FilterModel} model
 * @param {(path: string) => void} select
 * @returns {Source}
 */
export function filterSource(model, select) {
    return {
        count: () => model.files.length,
        row(index) {
            const { path, revision, length, changedAt } = model.files[index];
            return { key: path, name: path, kind: 'file', revision, length, changedAt, level: 1, position: index + 1, siblings: model.more ? -1 : model.files.length };
        },
        want: (_first, last) => model.want(last),
        choose: (index) => select(model.files[index].path),
        expand: () => {},
        collapse: () => {},
        parent: () => -1,
    };
}
