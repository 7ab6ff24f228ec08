import { expect, test } from "bun:test";
import { formatDuration, formatMoment, formatSize, shortDigest } from "../src/format";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [99_940, "99.9 kB"],
  [99_960, "100 kB"],
  [123_456_789, "123 MB"],
  [2_500_000_000, "2.5 GB"],
  [3.2e15, "3200 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test.each([
  [0, "0.0 s"],
  [4.24, "4.2 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 0 s"],
  [125, "2 min 5 s"],
  [3599.6, "1 h 0 min"],
  [3720, "1 h 2 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("what is no moment is shown as it came", () => {
  expect(formatMoment("yesterday")).toBe("yesterday");
});

test("a digest is shown by its first twelve digits", () => {
  expect(shortDigest(`sha256:${"0123456789abcdef".repeat(4)}`)).toBe("0123456789ab");
});
