import { inject, onBeforeUnmount, onMounted, ref, type InjectionKey } from "vue";

/** Forms with changes that nobody saved yet, and where the agent wants to go from them. */
export class Unsaved {
  /** The address that waits for the agent's word; null while nobody is asked. */
  readonly wanted = ref<string | null>(null);
  private readonly forms = new Set<() => boolean>();
  private free: string | null = null;

  /** Watch a form; the answer ends that. */
  watch(changed: () => boolean): () => void {
    this.forms.add(changed);
    return () => this.forms.delete(changed);
  }

  any(): boolean {
    return [...this.forms].some((changed) => changed());
  }

  /** Whether the page stays where it is, for the agent has to be asked first. */
  holds(address: string): boolean {
    const asked = address !== this.free && this.any();
    this.free = null;
    this.wanted.value = asked ? address : null;
    return asked;
  }

  stay(): void {
    this.wanted.value = null;
  }

  /** Go to an address without a question. */
  go(address: string): void {
    if (location.hash !== address) {
      this.stay();
      this.free = address;
      location.hash = address;
    }
  }
}

export const UNSAVED: InjectionKey<Unsaved> = Symbol("unsaved");

export function useUnsaved(): Unsaved {
  const unsaved = inject(UNSAVED);
  if (!unsaved) {
    throw new Error("no page around this component provides UNSAVED");
  }
  return unsaved;
}

/** While `changed` holds, whoever leaves this component's page is asked first. */
export function useUnsavedForm(changed: () => boolean): void {
  const unsaved = useUnsaved();
  let end = (): void => undefined;
  onMounted(() => (end = unsaved.watch(changed)));
  onBeforeUnmount(() => end());
}
