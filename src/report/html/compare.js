/*
 * Comparing the input and the output of a row: side by side, or one over the other with a slider
 * between; the whole picture, or a part of it at 100 %: one px of the output is one px of the
 * screen, and the input lies under it at the same scale.
 */

const LOUPE_STEP = 0.05; /* of the picture, by an arrow key */

/* How the input lies in the box of the output, as CSS object-fit says it; null: it is turned. */
function fitOf(recipe, row) {
  const { fit = 'cover', rotation = 0, flip, flop, position } = recipe ?? {};
  if (rotation % 360 !== 0 || flip || flop) return null;
  const turned = row.orientation >= 5; /* browsers make it upright */
  const [w, h] = turned
    ? [row.originalHeight, row.originalWidth]
    : [row.originalWidth, row.originalHeight];
  const same = Math.abs(w / h / (row.width / row.height) - 1) < 0.02;
  if (same || fit === 'fill') return 'fill';
  if (position != null && position !== 'centre' && position !== 'center') return null;
  return fit === 'cover' || fit === 'contain' ? fit : null;
}

class Compare {
  /* before, after: {url, label}; `fit` as fitOf gives it. */
  constructor(before, after, fit) {
    this.fit = fit;
    this.point = { x: 0.5, y: 0.5 }; /* what of the picture is in the middle of the loupe */
    this.loupe = false;
    this.slider = false;
    this.part = 0.5; /* of the width that shows the input */
    this.pictures = [before, after].map(({ url, label }, i) => this.picture(url, label, i));
    this.frames = [before, after].map(({ label }) =>
      el('div', { class: 'frame', tabindex: '0', role: 'group', 'aria-label': label }),
    );
    this.line = el('div', { class: 'divider', 'aria-hidden': 'true' });
    this.range = el('input', {
      type: 'range',
      class: 'slide',
      min: '0',
      max: '100',
      step: '0.5',
      value: '50',
      'aria-label': 'How much of the picture before is shown, in %',
      oninput: () => {
        this.part = Number(this.range.value) / 100;
        this.place();
      },
    });
    for (const frame of this.frames) this.listen(frame);
    this.observer = new ResizeObserver(() => this.place());
    this.arrange();
  }

  picture(url, label, i) {
    return el('img', {
      src: url,
      class: 'placed',
      alt: label,
      decoding: 'async',
      draggable: 'false',
      onload: () => this.place(),
      onerror: () => {
        this.broken = true;
        this.frames[i].replaceChildren(el('p', { class: 'dim' }, NOT_SHOWN));
        this.failed?.();
      },
    });
  }

  /* Puts the pictures into their frames. */
  arrange() {
    const [before, after] = this.frames;
    this.observer.disconnect();
    if (this.slider) {
      before.replaceChildren();
      after.replaceChildren(this.pictures[1], this.pictures[0], this.line);
      after.after(this.range);
    } else {
      before.replaceChildren(this.pictures[0]);
      after.replaceChildren(this.pictures[1]);
      this.range.remove();
      this.pictures[0].style.clipPath = '';
    }
    before.closest('figure')?.classList.toggle('away', this.slider);
    for (const frame of this.frames) this.observer.observe(frame);
    this.place();
  }

  /* The place of the picture that fills `frame`: {left, top, width, height} in px. */
  box(frame, width, height) {
    const [w, h] = [frame.clientWidth, frame.clientHeight];
    const scale = this.loupe ? 1 / devicePixelRatio : Math.min(w / width, h / height, 1);
    const size = { width: width * scale, height: height * scale };
    const at = (room, length, part) =>
      length <= room
        ? (room - length) / 2
        : Math.min(0, Math.max(room - length, room / 2 - part * length));
    return {
      ...size,
      left: this.loupe ? at(w, size.width, this.point.x) : (w - size.width) / 2,
      top: this.loupe ? at(h, size.height, this.point.y) : (h - size.height) / 2,
    };
  }

  place() {
    const [before, after] = this.pictures;
    if (this.broken || !after.naturalWidth || !before.naturalWidth) return;
    const over = this.slider || (this.loupe && this.fit !== null);
    const put = (image, frame, of, fit) => {
      const box = this.box(frame, of.naturalWidth, of.naturalHeight);
      for (const [name, value] of Object.entries(box)) image.style[name] = `${value}px`;
      image.style.objectFit = fit;
      return box;
    };
    after.classList.toggle('pixels', this.loupe);
    put(after, this.frames[1], after, 'fill');
    const box = put(
      before,
      this.frames[this.slider ? 1 : 0],
      over ? after : before,
      over ? this.fit : 'fill',
    );
    if (!this.slider) return;
    const x = this.part * this.frames[1].clientWidth;
    const cut = Math.min(1, Math.max(0, (box.left + box.width - x) / box.width));
    before.style.clipPath = `inset(0 ${cut * 100}% 0 0)`;
    this.line.style.left = `${x}px`;
  }

  set(changes) {
    Object.assign(this, changes);
    this.arrange();
  }

  /* Moves what the loupe shows: by the pointer to what is below it in the whole picture. */
  listen(frame) {
    const moveTo = (event) => {
      const { left, top, width, height } = frame.getBoundingClientRect();
      const x = (event.clientX - left) / width,
        y = (event.clientY - top) / height;
      if (this.slider && !this.loupe) this.slideTo(x);
      if (!this.loupe) return;
      this.point = { x, y };
      this.place();
    };
    frame.addEventListener('pointermove', (event) => {
      if (this.loupe || event.buttons > 0) moveTo(event);
    });
    frame.addEventListener('pointerdown', moveTo);
    frame.addEventListener('keydown', (event) => {
      const step = {
        ArrowLeft: [-LOUPE_STEP, 0],
        ArrowRight: [LOUPE_STEP, 0],
        ArrowUp: [0, -LOUPE_STEP],
        ArrowDown: [0, LOUPE_STEP],
      }[event.key];
      if (step === undefined || !this.loupe) return;
      event.preventDefault();
      event.stopPropagation(); /* they go from image to image otherwise */
      const inside = (value) => Math.min(1, Math.max(0, value));
      this.point = { x: inside(this.point.x + step[0]), y: inside(this.point.y + step[1]) };
      this.place();
    });
  }

  slideTo(part) {
    this.part = Math.min(1, Math.max(0, part));
    this.range.value = String(this.part * 100);
    this.place();
  }

  release() {
    this.observer.disconnect();
  }
}
