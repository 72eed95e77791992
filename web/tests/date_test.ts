import { describe, expect, it } from "vitest";
import { formatAge, formatDay, formatLength, formatMonth, formatSpan, isoDay, spanTo } from "../src/format/date";
import { localeOf } from "../src/format/locale";

const DAY = 86_400;

describe("dates", () => {
  it("are written in the language", () => {
    expect(formatDay("2026-11-30", "id-ID")).toBe("30 Nov 2026");
    expect(formatDay("2026-08-01", "id-ID")).toMatch(/^1 (Agu|Agt) 2026$/);
    expect(formatDay("2026-11-30", "en-GB")).toBe("30 Nov 2026");
    expect(formatMonth("2026-08", "id-ID")).toBe("Agustus 2026");
    expect(formatMonth("2026-08", "ms-MY")).toBe("Ogos 2026");
  });

  it("show what they are not as it came", () => {
    expect(formatDay("soon", "en-GB")).toBe("soon");
  });

  it("are counted in days, and in years from two on", () => {
    expect(formatSpan(-40 * DAY, "en-GB")).toBe("40 days ago");
    expect(formatSpan(-40 * DAY, "id-ID")).toBe("40 hari yang lalu");
    expect(formatSpan(-400 * DAY, "en-GB")).toBe("400 days ago");
    expect(formatSpan(-800 * DAY, "en-GB")).toBe("2 years ago");
    expect(formatSpan(3 * DAY, "en-GB")).toBe("in 3 days");
    expect(formatSpan(-7_200, "en-GB")).toBe("2 hours ago");
    expect(formatSpan(0, "en-GB")).toBe("now");
  });

  it("have a length, too", () => {
    expect(formatLength(3_600, "en-GB")).toBe("1 hour");
    expect(formatLength(3_700, "en-GB")).toBe("2 hours");
    expect(formatLength(2 * DAY, "id-ID")).toBe("2 hari");
    expect(formatLength(0, "en-GB")).toBe("0 seconds");
  });

  it("count whole days of the reader's calendar", () => {
    const late = new Date(2026, 10, 30, 23, 50);
    expect(formatAge("2026-11-30", "en-GB", late)).toBe("today");
    expect(formatAge("2026-11-29", "en-GB", late)).toBe("yesterday");
    expect(spanTo("2026-12-03", late)).toBe(3 * DAY);
    expect(isoDay(late)).toBe("2026-11-30");
  });

  it("agree with the date that stands beside them", () => {
    const morning = new Date(2026, 10, 30, 8, 0);
    const at = (day: number, hour: number) => new Date(2026, 11, day, hour, 0).toISOString();
    // 25, 49 and 167 hours from now.
    expect(formatAge(at(1, 9), "en-GB", morning)).toBe("tomorrow");
    expect(formatAge(at(2, 7), "en-GB", morning)).toBe("in 2 days");
    expect(formatAge(at(7, 7), "en-GB", morning)).toBe("in 7 days");
    expect(formatAge(at(1, 7), "en-GB", morning)).toBe("in 23 hours");
    expect(formatAge(new Date(2026, 10, 28, 23, 0).toISOString(), "en-GB", morning)).toBe("2 days ago");
    expect(formatAge("2028-12-30", "en-GB", morning)).toBe("in 2 years");
    expect(formatSpan(-30 * 3_600, "en-GB")).toBe("1 day ago");
    expect(formatAge("soon", "en-GB", morning)).toBe("soon");
  });

  it("follow language and region", () => {
    expect(localeOf("id", "MY")).toBe("id-ID");
    expect(localeOf("ms", "")).toBe("ms-MY");
    expect(localeOf("ms", "SG")).toBe("ms-SG");
    expect(localeOf("en", "MY")).toBe("en-MY");
    expect(localeOf("en", "ID")).toBe("en-ID");
    expect(localeOf("en", "")).toBe("en-GB");
  });
});
