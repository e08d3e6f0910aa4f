"use strict";
{
  const isPage = typeof module === "undefined";
  const SPEEDS = [1, 10, 60];
  const FRAME_MS = 100;
  const CALM_FRAME_MS = 1000; // For whoever has asked the system for less motion.

  /** The moment of a talk that is shown, in seconds after its start, and how it goes on. */
  class Replay {
    /**
     * length: of the talk (s); now(): ms of a clock that nobody sets; later(work, ms): calls work then; isCalm():
     * whether the viewer wants less motion; show(): the moment or the way has changed.
     */
    constructor({ length, now, later, isCalm, show }) {
      Object.assign(this, { length, now, later, isCalm, show });
      this.at = length;
      this.speed = SPEEDS[1];
      this.isPlaying = false;
      this.since = null; // From which moment on (`at`) it plays, and since when (`now`).
      this.plays = 0; // How often it has begun to play: a frame of an earlier time does nothing.
    }

    /** Plays or pauses; from the end it plays from the start. */
    toggle() {
      if (this.isPlaying) this.stop();
      else this.play(this.at >= this.length ? 0 : this.at);
    }

    play(at) {
      this.isPlaying = true;
      this.goTo(at);
      this.plays += 1;
      this.next(this.plays);
    }

    stop() {
      this.isPlaying = false;
      this.show();
    }

    /** Shows the moment, and goes on from there if it plays. */
    goTo(at) {
      this.at = Math.min(this.length, Math.max(0, at));
      this.since = { at: this.at, now: this.now() };
      this.show();
    }

    setSpeed(speed) {
      this.speed = speed;
      this.goTo(this.at);
    }

    next(play) {
      this.later(() => {
        if (this.isPlaying && play === this.plays) this.goOn(play);
      }, this.isCalm() ? CALM_FRAME_MS : FRAME_MS);
    }

    goOn(play) {
      const { at, now } = this.since;
      this.at = Math.min(this.length, at + ((this.now() - now) / 1000) * this.speed);
      if (this.at < this.length) this.next(play);
      else this.isPlaying = false;
      this.show();
    }
  }

  const replay = { Replay, SPEEDS };
  if (isPage) window.reportReplay = replay;
  else module.exports = replay;
}
