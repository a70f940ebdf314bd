import inside from "../shared/message.css?inline";
import base from "./base.css?inline";
import composer from "./composer.css?inline";
import messages from "./messages.css?inline";
import chatWindow from "./window.css?inline";

/** The widget's style sheet, for its shadow root. */
export function widgetStyles(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([base, chatWindow, messages, inside, composer].join("\n"));
  return sheet;
}
