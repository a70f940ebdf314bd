import type { Ticket } from "./protocol";
import { PRIORITY } from "./words";

const KEY = "console.alert";

/** Tells the agent about a new ticket: title of the page, and once switched on, sound and notification. */
export class Alert {
  private audio: AudioContext | null = null;
  private waiting = 0;
  private readonly title = document.title;
  private on = localStorage.getItem(KEY) === "on";

  /** Whether sound and notifications are switched on. */
  get enabled(): boolean {
    return this.on;
  }

  /** Must be called from a click: browsers allow sound, and the question for notifications, only then. */
  async enable(): Promise<void> {
    this.remember(true);
    this.chime();
    if ("Notification" in window && Notification.permission === "default") {
      await Notification.requestPermission();
    }
  }

  disable(): void {
    this.remember(false);
  }

  announce(ticket: Ticket, onClick: () => void): void {
    if (!document.hasFocus()) {
      this.waiting += 1;
      document.title = `(${this.waiting}) 新工单 · ${this.title}`;
    }
    if (!this.on) {
      return;
    }
    this.chime();
    if ("Notification" in window && Notification.permission === "granted" && !document.hasFocus()) {
      const notification = new Notification(`新工单（${PRIORITY[ticket.priority]}）`, {
        body: `${ticket.reason_text}\n${ticket.number}`,
        tag: ticket.number,
      });
      notification.onclick = () => {
        window.focus();
        onClick();
        notification.close();
      };
    }
  }

  /** The agent is looking at the page again. */
  seen(): void {
    this.waiting = 0;
    document.title = this.title;
  }

  private remember(on: boolean): void {
    this.on = on;
    localStorage.setItem(KEY, on ? "on" : "off");
  }

  private chime(): void {
    // Until the first click or key press on the page, browsers keep it silent.
    if (!navigator.userActivation.hasBeenActive) {
      return;
    }
    this.audio ??= new AudioContext();
    void this.audio.resume();
    const start = this.audio.currentTime;
    for (const [index, frequency] of [660, 880].entries()) {
      const tone = this.audio.createOscillator();
      const volume = this.audio.createGain();
      const at = start + index * 0.16;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(at);
      tone.stop(at + 0.32);
    }
  }
}
