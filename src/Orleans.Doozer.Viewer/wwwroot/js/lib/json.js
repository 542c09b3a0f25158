// @ts-check
// JSON with line breaks and indentation. Only white space changes: numbers keep all their digits and double keys stay, which a
// detour over JavaScript values would lose.

/** Deeper levels are not indented further: else 64 KiB of "[" would become gigabytes of spaces. */
const MAX_INDENT = 40;

/**
 * @param {string} text
 * @returns {string | null} null when the text is no JSON object or array
 */
export function prettyJson(text) {
    const first = text.trimStart()[0];
    if ((first !== '{' && first !== '[') || !isJson(text)) {
        return null;
    }
    /** @type {string[]} */
    const out = [];
    let depth = 0;
    const newLine = () => out.push('\n', '  '.repeat(Math.min(depth, MAX_INDENT)));
    for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
        const before = out[out.length - 1];
        if (token === '}' || token === ']') {
            depth--;
            // Nothing stands between the brackets of an empty one.
            if (before !== undefined && before.trim() === '' && (out[out.length - 3] === '{' || out[out.length - 3] === '[')) {
                out.length -= 2;
            } else {
                newLine();
            }
            out.push(token);
        } else {
            out.push(token === ':' ? ': ' : token);
            if (token === '{' || token === '[') {
                depth++;
                newLine();
            } else if (token === ',') {
                newLine();
            }
        }
    }
    return out.join('');
}

/**
 * The parts of one line of pretty JSON, with what each is.
 * @param {string} line
 */
export function jsonParts(line) {
    /** @type {{ text: string, kind: '' | 'key' | 'string' | 'number' | 'word' }[]} */
    const parts = [];
    for (const match of line.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)|([^"\dtfn-]+|.)/g)) {
        const [whole, string, colon, number, word] = match;
        if (string === undefined) {
            parts.push({ text: whole, kind: number !== undefined ? 'number' : word !== undefined ? 'word' : '' });
        } else if (colon === undefined) {
            parts.push({ text: string, kind: 'string' });
        } else {
            parts.push({ text: string, kind: 'key' }, { text: colon, kind: '' });
        }
    }
    return parts;
}

/** @param {string} text */
function isJson(text) {
    try {
        JSON.parse(text);
        return true;
    } catch (error) {
        // RangeError: nested deeper than the parser's stack.
        if (error instanceof SyntaxError || error instanceof RangeError) {
            return false;
        }
        throw error;
    }
}
