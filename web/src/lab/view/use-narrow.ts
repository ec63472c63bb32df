import { useEffect, useState } from 'preact/hooks';

const query = '(max-width: 699px)';

/** Whether there is no room for 32 columns; `lab.css` has the same number. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const look = (): void => setNarrow(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, []);
  return narrow;
}
