const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size in bytes with three digits and a decimal unit, as the engine prints it: `123 MB`. */
export function formatSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3);
  const unit = UNITS[Math.min(power, UNITS.length - 1)] ?? "B";
  const value = bytes / 1000 ** UNITS.indexOf(unit);
  const digits = unit === "B" || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${unit}`;
}

/** A duration in seconds as people say it: `85 ms`, `4.2 s`, `2 min 5 s`, `1 h 2 min`. */
export function formatDuration(seconds: number): string {
  if (seconds > 0 && seconds < 0.9995) {
    return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}

/** The same without what an axis does not need: `10 s` for `10.0 s`, `1 min` for `1 min 0 s`. */
export function shortened(text: string): string {
  return text.replace(/\.0(?=\D|$)/, "").replace(/(?<=\d min) 0 s$/, "");
}

/** A moment (ISO 8601) in the reader's language and time zone. */
export function formatMoment(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : MOMENT.format(moment);
}

const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
] as const;

/** How long ago a moment (ISO 8601) was, up to a week; the moment itself when it is longer. */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const moment = Date.parse(iso);
  let rest = (now - moment) / 1000;
  if (Number.isNaN(moment) || rest < -60) {
    return formatMoment(iso);
  }
  if (rest < 45) {
    return "just now";
  }
  for (const [length, unit] of STEPS) {
    if (Math.round(rest) < length) {
      return AGO.format(-Math.round(rest), unit);
    }
    rest /= length;
  }
  return formatMoment(iso);
}

/** A difference of sizes in bytes, with its sign: `+1.2 MB`. */
export function formatSizeChange(bytes: number): string {
  return `${bytes < 0 ? "−" : "+"}${formatSize(Math.abs(bytes))}`;
}

/** A number with its thing, in the singular where it is one: `1 build`, `2 builds`. */
export function formatCount(count: number, thing: string, things = `${thing}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? thing : things}`;
}

/** The part of a digest by which people tell images apart. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
