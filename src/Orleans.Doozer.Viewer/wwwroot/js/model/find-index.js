// @ts-check
// Where in a large directory a name is: the API lists by offset, so the place is searched by halves, a page at a time.

const PAGE = 500;

/**
 * @param {import('../api/http.js').Http} http
 * @param {string} path of the directory
 * @param {string} name
 * @param {number} count how many entries it has
 * @param {number} revision all pages of one search belong together
 * @returns {Promise<number>} -1: it has no such entry
 */
export async function findIndex(http, path, name, count, revision) {
    let low = 0;
    let high = count;
    while (low < high) {
        const offset = Math.min(Math.floor((low + high) / 2), Math.max(0, count - 1));
        /** @type {import('../types.js').TreeAnswer} */
        const page = await http.get('/api/tree', { path, offset, limit: PAGE, revision });
        const last = page.entries.at(-1);
        if (!last || page.entries[0].name > name) {
            high = offset;
        } else if (last.name < name) {
            low = offset + page.entries.length;
        } else {
            const at = page.entries.findIndex((entry) => entry.name === name);
            return at < 0 ? -1 : offset + at;
        }
    }
    return -1;
}
