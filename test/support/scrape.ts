/** What `/metrics` says: the value of each sample by its name and labels, as they are written. */
export class Scrape {
  readonly text: string;
  readonly samples: ReadonlyMap<string, number>;

  constructor(text: string) {
    this.text = text;
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    this.samples = new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );
  }

  static async of(adminUrl: string): Promise<Scrape> {
    return new Scrape(await (await fetch(`${adminUrl}/metrics`)).text());
  }

  /** The samples of a metric, those of a histogram's parts included. */
  of(metric: string): number[] {
    const own = new RegExp(`^${metric}(?:_bucket|_sum|_count)?(?:\\{|$)`);
    return [...this.samples].filter(([name]) => own.test(name)).map(([, value]) => value);
  }

  /** All samples of a metric together. */
  sum(metric: string): number {
    return this.of(metric).reduce((sum, value) => sum + value, 0);
  }
}
