import { createApp } from "vue";
import { openStore, ScopedStore } from "../shared/store";
import WidgetApp from "./WidgetApp.vue";
import { widgetStyles } from "./styles";
import { visitorOf } from "./visitor";

/**
 * Puts the launcher on the page. Everything lives in a shadow root with a constructed style sheet: the page's
 * styles stay out, the widget's stay in, and no inline style or script is needed under a strict policy.
 */
function embed(script: HTMLScriptElement): void {
  const host = document.createElement("div");
  host.dataset["botWidget"] = "";
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [widgetStyles()];
  const mount = document.createElement("div");
  root.append(mount);
  document.body.append(host);
  const identity = script.dataset["identity"] ?? null;
  const visitor = visitorOf(identity);
  createApp(WidgetApp, {
    server: new URL(script.src, document.baseURI).origin,
    title: script.dataset["title"] ?? null,
    identity,
    local: new ScopedStore(
      openStore(() => localStorage),
      visitor,
    ),
    tab: new ScopedStore(
      openStore(() => sessionStorage),
      visitor,
    ),
  }).mount(mount);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body) {
    embed(script);
  } else {
    document.addEventListener("DOMContentLoaded", () => embed(script), { once: true });
  }
}
