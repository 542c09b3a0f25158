// @ts-check
// The few icons, drawn with lines of one weight. They are decoration: what they mean is always said in words beside them or in a label.

import { svg } from './dom.js';

const PATHS = {
    chevron: 'M6 4l4 4-4 4',
    file: 'M4 1.8h5l3 3v9.4H4z M9 1.8v3h3',
    folder: 'M1.8 4h4l1.4 1.6h7v7.6H1.8z',
    sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z M8 1v1.6 M8 13.4V15 M1 8h1.6 M13.4 8H15 M3.1 3.1l1.1 1.1 M11.8 11.8l1.1 1.1 M3.1 12.9l1.1-1.1 M11.8 4.2l1.1-1.1',
    moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
    search: 'M7 2.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6z M10.6 10.6L14 14',
    close: 'M4 4l8 8 M12 4l-8 8',
    plus: 'M8 3v10 M3 8h10',
    pause: 'M5.5 3.5v9 M10.5 3.5v9',
    play: 'M5 3l8 5-8 5z',
    back: 'M10 4L6 8l4 4',
    stepForward: 'M4 3.5l6 4.5-6 4.5z M12 3.5v9',
    stepBack: 'M12 3.5L6 8l6 4.5z M4 3.5v9',
    download: 'M8 2v8 M4.8 7L8 10.2 11.2 7 M3 13.5h10',
    copy: 'M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3',
    edit: 'M3 13l.6-2.8L11 2.8l2.2 2.2-7.4 7.4z',
    trash: 'M3 4.5h10 M6.5 4.5V2.8h3v1.7 M4.5 4.5l.6 9h5.8l.6-9',
    clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z M8 4.6V8l2.4 1.6',
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) =>
    svg('svg', { class: `icon icon-${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
        svg('path', { d: PATHS[name] }));
