// @ts-check
// Paths of the store, and their addresses in the browser. A path is "/" or "/name/name..."; names are ASCII and compared by bytes.

export const ROOT = '/';

/** @param {string} path */
export const namesOf = (path) => (path === ROOT ? [] : path.slice(1).split('/'));

/**
 * @param {string} directory
 * @param {string} name
 */
export const combine = (directory, name) => (directory === ROOT ? `/${name}` : `${directory}/${name}`);

/** @param {string} path */
export function parentOf(path) {
    const slash = path.lastIndexOf('/');
    return slash <= 0 ? ROOT : path.slice(0, slash);
}

/** @param {string} path */
export const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1);

/**
 * The directories above a path, from the root down, without the path itself.
 * @param {string} path
 */
export function ancestorsOf(path) {
    const all = [ROOT];
    for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
        all.push(path.slice(0, slash));
    }
    return path === ROOT ? [] : all;
}

/**
 * The order in which a walk visits files: name by name, so "/a/b" comes before "/a-b".
 * @param {string} left
 * @param {string} right
 */
export function compareWalk(left, right) {
    const a = namesOf(left);
    const b = namesOf(right);
    for (let i = 0; i < a.length && i < b.length; i++) {
        if (a[i] !== b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return a.length - b.length;
}

/** @param {string} path */
export const isPath = (path) => path === ROOT || /^(\/[A-Za-z0-9.\-_:@+=,~%]+)+$/.test(path);

/**
 * What a person types into a filter as a glob: a text that does not begin with "/" is looked for anywhere in the path.
 * @param {string} text
 */
export function globOf(text) {
    const trimmed = text.trim();
    return trimmed === '' ? '' : trimmed.startsWith('/') ? trimmed : `/**${trimmed}**`;
}

/**
 * The address of a path in a view. Browsers fold away "." and ".." even when they are escaped; such paths go into the query.
 * @param {string} view
 * @param {string} [path]
 * @param {Record<string, string | number | undefined | null>} [parameters]
 */
export function link(view, path = ROOT, parameters = {}) {
    const names = namesOf(path);
    const query = new URLSearchParams();
    let address = `/${view}`;
    if (names.some((name) => name === '.' || name === '..')) {
        query.set('path', path);
    } else if (names.length > 0) {
        address += `/${names.map(encodeURIComponent).join('/')}`;
    }
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== undefined && value !== null && value !== '') {
            query.set(name, String(value));
        }
    }
    const text = query.toString();
    return text === '' ? address : `${address}?${text}`;
}

/**
 * What an address names.
 * @param {URL} url
 */
export function parseLink(url) {
    const [view = '', ...names] = url.pathname.slice(1).split('/');
    const path = url.searchParams.get('path') ?? `/${names.filter((name) => name !== '').map(decode).join('/')}`;
    return { view: view === '' ? 'tree' : view, path, query: url.searchParams };
}

/**
 * An address typed by hand may hold a bare "%": it then means itself.
 * @param {string} name
 */
function decode(name) {
    try {
        return decodeURIComponent(name);
    } catch (error) {
        if (error instanceof URIError) {
            return name;
        }
        throw error;
    }
}
