/** Exponential backoff with full jitter on the upper half, so that browsers do not return all at once. */
export class Backoff {
  private attempt = 0;

  constructor(
    private readonly firstMs = 500,
    private readonly longestMs = 30_000,
    private readonly random: () => number = Math.random,
  ) {
    if (!(firstMs > 0 && longestMs >= firstMs)) {
      throw new RangeError(`firstMs ${firstMs} must be positive and at most longestMs ${longestMs}`);
    }
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ceiling = Math.min(this.longestMs, this.firstMs * 2 ** this.attempt);
    this.attempt += 1;
    return Math.round(ceiling * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.attempt = 0;
  }
}
