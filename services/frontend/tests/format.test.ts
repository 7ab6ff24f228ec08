import { expect, test } from "bun:test";
import {
  formatAgo,
  formatCount,
  formatDuration,
  formatMoment,
  formatSize,
  formatSizeChange,
  shortDigest,
  shortened,
} from "../src/format";

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
  [0.00001, "1 ms"],
  [0.0849, "85 ms"],
  [0.9996, "1.0 s"],
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

const NOON = Date.parse("2026-11-20T12:00:00Z");

test.each([
  ["2026-11-20T11:59:30Z", "just now"],
  ["2026-11-20T11:56:00Z", "4 minutes ago"],
  ["2026-11-20T07:00:00Z", "5 hours ago"],
  ["2026-11-19T10:00:00Z", "yesterday"],
  ["2026-11-15T12:00:00Z", "5 days ago"],
])("%s is told as %s", (moment, text) => {
  expect(formatAgo(moment, NOON)).toBe(text);
});

test.each(["2026-10-01T12:00:00Z", "2026-11-20T13:00:00Z", "yesterday"])(
  "%s is told as it is: long ago, to come, or no moment",
  (moment) => {
    expect(formatAgo(moment, NOON)).toBe(formatMoment(moment));
  },
);

test("a change of size has its sign", () => {
  expect([formatSizeChange(1_500_000), formatSizeChange(-900)]).toEqual(["+1.5 MB", "−900 B"]);
});

test("one thing is in the singular", () => {
  expect([formatCount(1, "build"), formatCount(1200, "build")]).toEqual([
    "1 build",
    "1,200 builds",
  ]);
});

test("an axis has no needless digits", () => {
  expect(["40.0 MB", "10.0 s", "1 min 0 s", "100 MB"].map(shortened)).toEqual([
    "40 MB",
    "10 s",
    "1 min",
    "100 MB",
  ]);
});
