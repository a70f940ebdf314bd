import { createApp } from "vue";
import { openStore } from "../shared/store";
import WidgetApp from "./WidgetApp.vue";
import base from "./base.css?inline";
import composer from "./composer.css?inline";
import messages from "./messages.css?inline";
import chatWindow from "./window.css?inline";

/**
 * Puts the launcher on the page. Everything lives in a shadow root with a constructed style sheet: the page's
 * styles stay out, the widget's stay in, and no inline style or script is needed under a strict policy.
 */
function embed(script: HTMLScriptElement): void {
  const host = document.createElement("div");
  host.dataset["botWidget"] = "";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([base, chatWindow, messages, composer].join("\n"));
  root.adoptedStyleSheets = [sheet];
  const mount = document.createElement("div");
  root.append(mount);
  document.body.append(host);
  createApp(WidgetApp, {
    server: new URL(script.src, document.baseURI).origin,
    title: script.dataset["title"] ?? null,
    local: openStore(() => localStorage),
    tab: openStore(() => sessionStorage),
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
