import { onBeforeUnmount, onMounted, type ShallowRef } from "vue";

/**
 * Gives the element the height and offset that the on-screen keyboard leaves, as the custom properties
 * `--visible-height` and `--visible-top`; iOS shrinks only the visual viewport and moves it.
 */
export function useVisibleHeight(element: Readonly<ShallowRef<HTMLElement | null>>): void {
  const viewport = window.visualViewport;

  function fit(): void {
    if (viewport && element.value) {
      element.value.style.setProperty("--visible-height", `${viewport.height}px`);
      element.value.style.setProperty("--visible-top", `${viewport.offsetTop}px`);
    }
  }

  onMounted(() => {
    fit();
    viewport?.addEventListener("resize", fit);
    viewport?.addEventListener("scroll", fit);
  });
  onBeforeUnmount(() => {
    viewport?.removeEventListener("resize", fit);
    viewport?.removeEventListener("scroll", fit);
  });
}
