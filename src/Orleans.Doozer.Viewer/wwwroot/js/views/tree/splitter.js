// @ts-check
// The line between two panes: dragged, or moved with the arrow keys.

import { h, set } from '../../lib/dom.js';

const STEP = 3;
const LEAST = 20;
const MOST = 80;

/** @param {HTMLElement} left the pane whose width it sets */
export function createSplitter(left) {
    let percent = 50;
    const splitter = h('div', {
        class: 'splitter', role: 'separator', tabindex: 0, 'aria-orientation': 'vertical', 'aria-label': 'Width of the tree',
        'aria-valuemin': LEAST, 'aria-valuemax': MOST,
        on: {
            keydown(/** @type {KeyboardEvent} */ event) {
                const by = event.key === 'ArrowLeft' ? -STEP : event.key === 'ArrowRight' ? STEP : 0;
                if (by !== 0) {
                    move(percent + by);
                    event.preventDefault();
                }
            },
            pointerdown: (/** @type {PointerEvent} */ event) => splitter.setPointerCapture(event.pointerId),
            pointermove(/** @type {PointerEvent} */ event) {
                const whole = splitter.parentElement?.getBoundingClientRect();
                if (whole && splitter.hasPointerCapture(event.pointerId)) {
                    move(100 * (event.clientX - whole.left) / whole.width);
                }
            },
        },
    });

    /** @param {number} to */
    function move(to) {
        percent = Math.max(LEAST, Math.min(MOST, to));
        left.style.flexBasis = `${percent}%`;
        set(splitter, 'aria-valuenow', Math.round(percent));
    }

    move(percent);
    return splitter;
}
