/** The height of a row of the watch list, in CSS pixels; `market.css` has the same numbers. */
export const ROW_HEIGHT = 44;
/** The height of the head, that stays over them. */
export const HEAD_HEIGHT = 34;
/** Rows made above and below those that are seen, so that scrolling does not show a gap before the next frame. */
const OVERSCAN = 4;

/** Rows `from` (inclusive) to `to` (exclusive) of a list are made; the others are only space. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/** The rows of a list of `count` that are seen, and a few around them, when it is scrolled by `top` pixels. */
export function rowWindow(count: number, top: number, height: number): RowWindow {
  const first = Math.floor(Math.max(0, top) / ROW_HEIGHT) - OVERSCAN;
  const end = Math.ceil((Math.max(0, top) + height) / ROW_HEIGHT) + OVERSCAN;
  const to = Math.min(count, end);
  return { from: Math.min(Math.max(0, first), to), to };
}

/** How far to scroll so that a row is seen whole: the least that is needed. */
export function scrollTo(row: number, top: number, height: number): number {
  const above = row * ROW_HEIGHT;
  const below = above + ROW_HEIGHT - height;
  return Math.max(Math.min(top, above), below, 0);
}
