import type {
  Build,
  BuildSummary,
  Deployment,
  FoundComponent,
  HistoryPoint,
  ImageSummary,
  Trial,
} from "../src/api/types";

/** Records as the backend gives them. */

export function summary(changes: Partial<BuildSummary> = {}): BuildSummary {
  return {
    id: 7,
    image: "backend",
    digest: `sha256:${"ab".repeat(32)}`,
    tags: ["logbook-backend:latest", `logbook-backend:${"0f".repeat(20)}`],
    sha: "0f".repeat(20),
    short_sha: "0f0f0f0",
    describe: "v1.2.3",
    dirty: false,
    built_at: "2026-11-20T10:00:00Z",
    base_policy: "registry",
    size_bytes: 123_456_789,
    duration_seconds: 12.34,
    cached_steps: 3,
    total_steps: 9,
    recorded_at: "2026-11-20T10:01:00Z",
    verdict: "kept",
    components: 134,
    ...changes,
  };
}

export function build(changes: Partial<Build> = {}): Build {
  return {
    ...summary(),
    steps: [],
    sbom: { state: "none", components: null, error: null },
    ...changes,
  };
}

export function point(changes: Partial<HistoryPoint> = {}): HistoryPoint {
  return {
    build_id: 7,
    built_at: "2026-11-20T10:00:00Z",
    size_bytes: 123_456_789,
    duration_seconds: 12.34,
    verdict: "kept",
    ...changes,
  };
}

export function image(changes: Partial<ImageSummary> = {}): ImageSummary {
  const history = [
    point({ build_id: 5, size_bytes: 100_000_000, duration_seconds: 20, verdict: "broken" }),
    point({ build_id: 6, size_bytes: 120_000_000, duration_seconds: 10, verdict: null }),
    point(),
  ];
  return { name: "backend", builds: 3, latest: summary(), history, ...changes };
}

export const STEPS = [
  {
    stage: "internal",
    number: 0,
    total: 0,
    instruction: "load build definition",
    started: 100,
    ended: 100.5,
    cached: false,
    error: null,
  },
  {
    stage: "build",
    number: 1,
    total: 2,
    instruction: "WORKDIR /app",
    started: 100.5,
    ended: 100.5,
    cached: true,
    error: null,
  },
  {
    stage: "build",
    number: 2,
    total: 2,
    instruction: "RUN uv sync",
    started: 101,
    ended: 105,
    cached: false,
    error: null,
  },
  {
    stage: "runtime",
    number: 1,
    total: 1,
    instruction: "COPY --from=build /app /app",
    started: 105,
    ended: 110,
    cached: false,
    error: null,
  },
];

export function trial(changes: Partial<Trial> = {}): Trial {
  return {
    id: 3,
    build_id: 7,
    run: "6b00761eba7483",
    image: "backend",
    digest: `sha256:${"ab".repeat(32)}`,
    verdict: "broken",
    started_at: "2026-11-20T10:05:00Z",
    duration_seconds: 14.5,
    passed: 1,
    failed: 1,
    skipped: 1,
    strict: true,
    recorded_at: "2026-11-20T10:06:00Z",
    report: {
      reference: "logbook-backend:0f0f0f0",
      engine: "28.5.2",
      results: [
        check("becomes-healthy", "health", "pass", "The image comes up, in time."),
        {
          ...check(
            "listens-as-promised",
            "network",
            "fail",
            "The promised ports.\n\nWhy: a port too many is a way in.",
          ),
          promise: "network.listen",
          findings: [
            {
              expected: "8000 and nothing else",
              found: "9090 as well",
              hint: "take the listener out",
              evidence: ["tcp LISTEN 0.0.0.0:9090"],
            },
          ],
        },
        {
          ...check("memory", "limits", "skip", "It lives with little."),
          reason: "the engine has no cgroups",
        },
      ],
    },
    ...changes,
  };
}

function check(name: string, family: string, outcome: string, page: string) {
  return { name, family, outcome, page, promise: "", reason: "", findings: [] as unknown[] };
}

export function component(changes: Partial<FoundComponent> = {}): FoundComponent {
  const digest = `sha256:${"ab".repeat(32)}`;
  return {
    name: "openssl",
    version: "3.0.17",
    type: "library",
    purl: "pkg:deb/debian/openssl@3.0.17",
    licenses: [],
    builds: 1,
    images: [{ image: "backend", build_id: 7, digest, short_sha: "0f0f0f0", latest: true }],
    ...changes,
  };
}

export function deployment(changes: Partial<Deployment> = {}): Deployment {
  const digest = `sha256:${"ab".repeat(32)}`;
  return {
    id: 4,
    key: "0b0e7a52-6f7c-4a52-9d5e-0d5c6b6f0a11",
    generation: 2,
    environment: "local",
    state: "deployed",
    services: [{ service: "api", image: "backend", digest, reference: "logbook-backend:0f0f0f0" }],
    sha: "0f".repeat(20),
    started_at: "2026-11-20T11:00:00Z",
    ended_at: null,
    recorded_at: "2026-11-20T11:00:01Z",
    ...changes,
  };
}
