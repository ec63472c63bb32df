/** So long something may take on a machine that is slow and busy, in milliseconds. */
const LIMIT = 90_000;

/** Resolves once a check holds; rejects with what it said last when it never does. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const end = performance.now() + LIMIT;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
