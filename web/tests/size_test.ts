import { describe, expect, it } from "vitest";
import { formatSize } from "../src/format/size";

describe("a size", () => {
  it("is in kilobytes, and from a million bytes on in megabytes", () => {
    expect(formatSize(48_213, "en-ID")).toBe("48 kB");
    expect(formatSize(999_999, "en-GB")).toBe("1,000 kB");
    expect(formatSize(1_500_000, "ms-MY")).toBe("1.5 MB");
    expect(formatSize(1_500_000, "id-ID")).toBe("1,5 MB");
  });

  it("is not nothing of what is there", () => {
    expect(formatSize(12, "id-ID")).toBe("1 kB");
  });
});
