import type { Ticket } from "./protocol";
import { PRIORITY } from "./words";

const MUTED_KEY = "console.muted";

/** Tells the agent about a new ticket: title of the page, sound, and a notification where that is allowed. */
export class Alert {
  private audio: AudioContext | null = null;
  private waiting = 0;
  private readonly title = document.title;
  muted = localStorage.getItem(MUTED_KEY) === "1";

  get permission(): NotificationPermission | "unsupported" {
    return "Notification" in window ? Notification.permission : "unsupported";
  }

  /** Must be called from a click: browsers allow sound and the question only then. */
  async allow(): Promise<void> {
    this.audio ??= new AudioContext();
    await this.audio.resume();
    this.mute(false);
    if (this.permission === "default") {
      await Notification.requestPermission();
    }
  }

  mute(muted: boolean): void {
    this.muted = muted;
    localStorage.setItem(MUTED_KEY, muted ? "1" : "0");
  }

  announce(ticket: Ticket, onClick: () => void): void {
    if (!document.hasFocus()) {
      this.waiting += 1;
      document.title = `(${this.waiting}) 新工单 · ${this.title}`;
    }
    if (this.muted) {
      return;
    }
    this.chime();
    if (this.permission === "granted" && !document.hasFocus()) {
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

  private chime(): void {
    if (this.audio?.state !== "running") {
      return;
    }
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
