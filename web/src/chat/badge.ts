/** A number in a small space. */
export function badgeText(count: number): string {
  return count > 99 ? '99+' : String(count);
}
