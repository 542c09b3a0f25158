// @ts-check
// A list of any length of which only the rows in sight exist. Rows have one height. Beyond what browsers can scroll (about 17
// million pixels in the smallest) the scroll bar is scaled, so that a million rows still scroll to their end.

const MAX_HEIGHT = 8_000_000;
const OVERSCAN = 6;

export class VirtualList {
    /** @type {Map<number, HTMLElement>} */
    #rows = new Map();
    /** @type {HTMLElement[]} */
    #spare = [];
    #count = 0;
    #frame = 0;
    #stale = false;

    /**
     * @param {object} options
     * @param {HTMLElement} options.viewport what scrolls
     * @param {HTMLElement} [options.canvas] what holds the rows, inside the viewport
     * @param {number} options.rowHeight
     * @param {() => HTMLElement} options.create
     * @param {(row: HTMLElement, index: number) => void} options.render
     * @param {(first: number, last: number) => void} [options.seen] called with the rows in sight
     */
    constructor({ viewport, canvas = viewport.appendChild(document.createElement('div')), rowHeight, create, render, seen = () => {} }) {
        this.viewport = viewport;
        this.canvas = canvas;
        this.rowHeight = rowHeight;
        this.create = create;
        this.render = render;
        this.seen = seen;
        canvas.classList.add('virtual-canvas');
        viewport.addEventListener('scroll', () => this.#later(), { passive: true });
        this.resize = new ResizeObserver(() => this.#later());
        this.resize.observe(viewport);
    }

    get count() {
        return this.#count;
    }

    /** Says how many rows there are now and draws those in sight again. @param {number} count */
    update(count = this.#count) {
        this.#count = count;
        this.#stale = true;
        this.#later();
    }

    /** Draws now, for who measures or focuses right after. */
    flush() {
        cancelAnimationFrame(this.#frame);
        this.#draw();
    }

    /** @param {number} index */
    row(index) {
        return this.#rows.get(index);
    }

    /** How many whole rows fit. */
    get page() {
        return Math.max(1, Math.floor(this.viewport.clientHeight / this.rowHeight));
    }

    /**
     * Scrolls as little as needed to show a row, or to put it into the middle.
     * @param {number} index
     * @param {'nearest' | 'middle'} [where]
     */
    scrollTo(index, where = 'nearest') {
        this.#resizeCanvas();
        const height = this.viewport.clientHeight;
        const top = this.#top();
        const row = index * this.rowHeight;
        if (where === 'middle' && (row < top || row + this.rowHeight > top + height)) {
            this.#setTop(row - height / 2 + this.rowHeight / 2);
        } else if (row < top) {
            this.#setTop(row);
        } else if (row + this.rowHeight > top + height) {
            this.#setTop(row + this.rowHeight - height);
        }
        this.flush();
    }

    /** Keeps what is in sight in place when rows were added above it. @param {number} rows */
    shift(rows) {
        if (this.#top() > 0) {
            this.#resizeCanvas(this.#count);
            this.#setTop(this.#top() + rows * this.rowHeight);
        }
    }

    get #height() {
        return this.#count * this.rowHeight;
    }

    /** How many list pixels one pixel of the scroll bar stands for. */
    get #scale() {
        const view = this.viewport.clientHeight;
        return this.#height <= MAX_HEIGHT ? 1 : (this.#height - view) / (MAX_HEIGHT - view);
    }

    #top() {
        return this.viewport.scrollTop * this.#scale;
    }

    /** @param {number} top */
    #setTop(top) {
        this.viewport.scrollTop = Math.max(0, top) / this.#scale;
    }

    #resizeCanvas(count = this.#count) {
        this.canvas.style.height = `${Math.min(count * this.rowHeight, MAX_HEIGHT)}px`;
    }

    #later() {
        cancelAnimationFrame(this.#frame);
        this.#frame = requestAnimationFrame(() => this.#draw());
    }

    #draw() {
        this.#resizeCanvas();
        const view = this.viewport.clientHeight;
        if (view === 0) {
            return;
        }
        const top = this.#top();
        const first = Math.max(0, Math.floor(top / this.rowHeight) - OVERSCAN);
        const last = Math.min(this.#count - 1, Math.ceil((top + view) / this.rowHeight) + OVERSCAN);
        this.#retire(first, last);
        const shift = this.viewport.scrollTop - top;
        for (let index = first; index <= last; index++) {
            this.#place(index, index * this.rowHeight + shift);
        }
        this.#order();
        this.#stale = false;
        if (last >= first) {
            this.seen(first, last);
        }
    }

    /**
     * @param {number} first
     * @param {number} last
     */
    #retire(first, last) {
        for (const [index, row] of this.#rows) {
            if (index < first || index > last) {
                this.#rows.delete(index);
                this.#spare.push(row);
                row.remove();
            }
        }
    }

    /**
     * @param {number} index
     * @param {number} y
     */
    #place(index, y) {
        let row = this.#rows.get(index);
        if (!row || this.#stale) {
            row ??= this.#spare.pop() ?? this.create();
            this.#rows.set(index, row);
            this.render(row, index);
        }
        const transform = `translateY(${y}px)`;
        if (row.style.transform !== transform) {
            row.style.transform = transform;
        }
    }

    /** Screen readers read in document order. */
    #order() {
        let before = /** @type {ChildNode | null} */ (this.canvas.firstChild);
        for (const index of [...this.#rows.keys()].sort((a, b) => a - b)) {
            const row = /** @type {HTMLElement} */ (this.#rows.get(index));
            if (row !== before) {
                this.canvas.insertBefore(row, before);
            } else {
                before = before.nextSibling;
            }
        }
    }
}
