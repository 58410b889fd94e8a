import { Storage } from "../shared/storage.js";

const KEY = "frontdesk.alerts";

/**
 * Tells an agent who is looking elsewhere that somebody waits: a number in the title always; a sound and a desktop notification
 * only when asked for.
 */
export class Alerts {
  #stored = new Storage("localStorage");
  #title = document.title;

  /** @returns {boolean} */
  get on() {
    return Boolean(this.#stored.read(KEY));
  }

  /** Has to follow a click: browsers ask only then. @param {boolean} on */
  async set(on) {
    this.#stored.write(KEY, on || null);
    if (on && "Notification" in window && Notification.permission === "default")
      await Notification.requestPermission();
    if (on) this.#chime();
  }

  /** @param {number} waiting */
  count(waiting) {
    document.title = waiting ? `(${waiting}) ${this.#title}` : this.#title;
  }

  /** @param {string} reason @param {string} id */
  ring(reason, id) {
    if (!this.on) return;
    this.#chime();
    if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    // No words of the customer: notifications lie open on lock screens.
    const note = new Notification("A customer is waiting", {
      body: reason,
      tag: id,
      icon: "/web/shared/icon.svg",
    });
    note.onclick = () => {
      window.focus();
      location.hash = id;
      note.close();
    };
  }

  /** Two soft notes, made on the spot: no file to load. */
  #chime() {
    const audio = new AudioContext();
    [659, 880].forEach((pitch, at) => {
      const tone = new OscillatorNode(audio, { frequency: pitch, type: "sine" });
      const volume = new GainNode(audio, { gain: 0 });
      const start = audio.currentTime + at * 0.14;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.5);
    });
    setTimeout(() => audio.close(), 1000);
  }
}
