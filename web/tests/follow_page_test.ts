import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AWAY_MS, followPage } from "../src/use_follow_page";

class Tab extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
  turn(to: DocumentVisibilityState) {
    this.visibilityState = to;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

describe("a page that is looked at", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("asks again while its tab is visible, and when it becomes so", () => {
    const tab = new Tab();
    const again = vi.fn();
    const end = followPage(again, 1_000, tab as unknown as Document);
    vi.advanceTimersByTime(2_000);
    expect(again).toHaveBeenCalledTimes(2);
    tab.turn("hidden");
    vi.advanceTimersByTime(5_500);
    expect(again).toHaveBeenCalledTimes(2);
    tab.turn("visible");
    expect(again).toHaveBeenCalledTimes(3);
    // What was asked just now is not asked once more.
    tab.turn("hidden");
    tab.turn("visible");
    expect(again).toHaveBeenCalledTimes(3);
    end();
    vi.advanceTimersByTime(5_000);
    tab.turn("visible");
    expect(again).toHaveBeenCalledTimes(3);
  });

  it("is left alone when nobody has touched it for long, and asks when somebody comes back", () => {
    const tab = new Tab();
    const again = vi.fn();
    const end = followPage(again, 60_000, tab as unknown as Document);
    vi.advanceTimersByTime(2 * AWAY_MS);
    const before = again.mock.calls.length;
    expect(before).toBeLessThan(AWAY_MS / 60_000 + 1);
    tab.dispatchEvent(new Event("keydown"));
    expect(again).toHaveBeenCalledTimes(before + 1);
    end();
  });
});
