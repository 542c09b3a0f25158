// @ts-check
// Making elements. Every text becomes a text node, so nothing that comes from the store can turn into markup.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Properties
 */

/**
 * An HTML element: `h('button', { class: 'primary', on: { click: save } }, 'Save')`.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Properties} [properties] attributes; `on` holds event listeners; true and false set and remove an attribute
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    setAll(element, properties);
    append(element, children);
    return element;
}

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, properties = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    setAll(element, properties);
    append(element, children);
    return element;
}

/**
 * @param {Element} element
 * @param {Properties} properties
 */
export function setAll(element, properties) {
    for (const [name, value] of Object.entries(properties)) {
        if (name === 'on') {
            for (const [event, listener] of Object.entries(value)) {
                element.addEventListener(event, listener);
            }
        } else {
            set(element, name, value);
        }
    }
}

/**
 * Sets one attribute if it differs: rows are drawn often and change seldom.
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
export function set(element, name, value) {
    if (name.startsWith('on') || name === 'style' || name === 'srcdoc') {
        throw new Error(`${name} is never set as an attribute`);
    }
    if (value === false || value === null || value === undefined) {
        element.removeAttribute(name);
        return;
    }
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) {
        element.setAttribute(name, text);
    }
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function append(element, children) {
    for (const child of children) {
        if (child !== null && child !== undefined && child !== false) {
            element.append(child instanceof Node ? child : String(child));
        }
    }
}

/**
 * Replaces all children.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
    element.replaceChildren();
    append(element, children);
}

/**
 * Sets the text of an element if it differs.
 * @param {Element} element
 * @param {string | number} text
 */
export function setText(element, text) {
    const value = String(text);
    if (element.textContent !== value) {
        element.textContent = value;
    }
}
