/** A drawing that is moved and enlarged with the mouse, with one finger or two, and with the keyboard. */

const LEAST = 0.04;
const MOST = 2.5;
const STEP = 1.25;
const SLOP = 4;

export class Viewport {
  #frame = null;
  #size = { width: 1, height: 1 };
  #bounds = { left: 0, top: 0, width: 1, height: 1 };
  #pointers = new Map();
  #draw;

  /** `draw({ x, y, scale, width, height })` is called once a frame while something moves. */
  constructor(element, draw) {
    this.element = element;
    this.#draw = draw;
    this.place = { x: 0, y: 0, scale: 1 };
    this.dragged = false;
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, (event) => this.#pointers.delete(event.pointerId));
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(element);
  }

  /** How large the drawing is, in its own units. */
  set bounds(bounds) {
    this.#bounds = bounds;
  }

  get size() {
    return this.#size;
  }

  resize() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width) return;
    const was = this.#size.width;
    this.#size = { width, height };
    this.place.x += was > 1 ? (width - was) / 2 : 0;
    this.#soon();
  }

  /** Shows all of it, or its beginning in a size that can be read. */
  fit({ readable = 0 } = {}) {
    const { width, height } = this.#size;
    const { left, top, width: across, height: down } = this.#bounds;
    const whole = Math.min(width / across, height / down, 1);
    const scale = Math.max(whole, Math.min(readable, Math.max(whole, width / across)), LEAST);
    this.place = { scale, x: (width - across * scale) / 2 - left * scale, y: -top * scale + Math.max(0, (height - down * scale) / 2) };
    this.#soon();
  }

  /** Enlarges around a point of the screen, by default the middle. */
  zoom(factor, at = { x: this.#size.width / 2, y: this.#size.height / 2 }) {
    const scale = Math.min(MOST, Math.max(LEAST, this.place.scale * factor));
    const by = scale / this.place.scale;
    this.place = { scale, x: at.x - (at.x - this.place.x) * by, y: at.y - (at.y - this.place.y) * by };
    this.#soon();
  }

  in() {
    this.zoom(STEP);
  }

  out() {
    this.zoom(1 / STEP);
  }

  pan(x, y) {
    this.place = { ...this.place, x: this.place.x + x, y: this.place.y + y };
    this.#keepNear();
    this.#soon();
  }

  /** Moves so that a box is in sight, with room around it. */
  reveal({ x, y, width, height }) {
    const { scale } = this.place;
    const shift = (begin, length, offset, room) => {
      const [from, to] = [begin * scale + offset, (begin + length) * scale + offset];
      const margin = Math.min(60, room / 6);
      if (from >= margin && to <= room - margin) return 0;
      return room / 2 - (from + to) / 2;
    };
    this.pan(shift(x, width, this.place.x, this.#size.width), shift(y, height, this.place.y, this.#size.height));
  }

  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #soon() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw({ ...this.place, ...this.#size });
    });
  }

  /** Something of the drawing stays in sight. */
  #keepNear() {
    const { left, top, width, height } = this.#bounds;
    const { scale } = this.place;
    const within = (offset, begin, length, room) => Math.min(room * 0.7 - begin * scale, Math.max(room * 0.3 - (begin + length) * scale, offset));
    this.place.x = within(this.place.x, left, width, this.#size.width);
    this.place.y = within(this.place.y, top, height, this.#size.height);
  }

  /** A wheel moves, with Ctrl it enlarges; at the drawing's end it moves the page. */
  #wheel(event) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), this.#at(event));
      return;
    }
    const { top, height } = this.#bounds;
    const { y, scale } = this.place;
    const [begin, end] = [top * scale + y, (top + height) * scale + y];
    const ends = event.deltaY < 0 ? begin >= 0 : end <= this.#size.height;
    if (ends && Math.abs(event.deltaY) >= Math.abs(event.deltaX)) return;
    event.preventDefault();
    this.pan(-(event.shiftKey ? event.deltaY : event.deltaX), event.shiftKey ? 0 : -event.deltaY);
  }

  #press(event) {
    if (event.button > 0) return;
    this.#pointers.set(event.pointerId, this.#at(event));
    this.dragged = false;
    this.begun = this.#at(event);
  }

  #drag(event) {
    const was = this.#pointers.get(event.pointerId);
    if (!was) return;
    const now = this.#at(event);
    if (!this.dragged && Math.hypot(now.x - this.begun.x, now.y - this.begun.y) < SLOP) return;
    if (!this.dragged) this.element.setPointerCapture(event.pointerId);
    this.dragged = true;
    if (this.#pointers.size === 2) {
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)[1];
      const length = (at) => Math.hypot(at.x - other.x, at.y - other.y);
      this.zoom(length(now) / Math.max(length(was), 1), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else this.pan(now.x - was.x, now.y - was.y);
    this.#pointers.set(event.pointerId, now);
  }

  #at(event) {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}
