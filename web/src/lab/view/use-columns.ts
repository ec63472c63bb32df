import { useLayoutEffect, useState } from 'preact/hooks';

/** The smallest box of a bit that a finger or a pointer surely hits (WCAG 2.2, 2.5.8), and what the frame around takes. */
const SMALLEST = 24;
const FRAME = 4;

/** How many bits a row of the picture has: as many as there is room for, 8 at least, so that rows are whole bytes. */
export function useColumns(element: { readonly current: HTMLElement | null }): 8 | 16 | 32 {
  const [columns, setColumns] = useState<8 | 16 | 32>(16);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const look = (): void => setColumns(columnsIn(current.clientWidth));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return columns;
}

function columnsIn(width: number): 8 | 16 | 32 {
  const bits = (width - FRAME) / SMALLEST;
  return bits >= 32 ? 32 : bits >= 16 ? 16 : 8;
}
