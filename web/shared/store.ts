/** The part of the Web Storage interface that the product uses. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps values for the life of the page: for browsers that refuse storage, and for tests. */
export class MemoryStore implements Store {
  private readonly values = new Map<string, string>();

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }

  removeItem(key: string): void {
    this.values.delete(key);
  }
}

/** Keeps the values of one visitor apart from those of the next one at the same browser. */
export class ScopedStore implements Store {
  constructor(
    private readonly store: Store,
    private readonly scope: string,
  ) {}

  getItem(key: string): string | null {
    return this.store.getItem(this.name(key));
  }

  setItem(key: string, value: string): void {
    this.store.setItem(this.name(key), value);
  }

  removeItem(key: string): void {
    this.store.removeItem(this.name(key));
  }

  private name(key: string): string {
    return this.scope ? `${key}@${this.scope}` : key;
  }
}

/** The browser's storage, or memory where it is blocked (private windows, embedded frames) or full. */
export function openStore(open: () => Store): Store {
  try {
    const store = open();
    store.setItem("bot.probe", "1");
    store.removeItem("bot.probe");
    return store;
  } catch {
    return new MemoryStore();
  }
}
