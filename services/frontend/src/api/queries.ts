import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryCache,
  QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { end } from "../session";
import { ApiError, read } from "./client";
import type {
  Build,
  BuildSummary,
  Changes,
  Component,
  Deployment,
  FoundComponent,
  ImageSummary,
  Page,
  Trial,
  TrialSummary,
} from "./types";

const ENDED = "Your session has ended. Sign in again.";
/** The overview and lists look again by themselves after so many milliseconds. */
const AGAIN = 30_000;

/** What is known of the API. A token that is no longer taken ends the session, wherever it shows. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) {
          end(ENDED);
        }
      },
    }),
    defaultOptions: { queries: { staleTime: 10_000, retry: isWorthAnother, retryDelay: 500 } },
  });
}

/** An answer in the 400s stays what it is; a backend that is away may be back. */
function isWorthAnother(failures: number, error: Error): boolean {
  const status = error instanceof ApiError ? error.status : 0;
  return failures < 1 && (status === 502 || status === 503);
}

export const images = queryOptions({
  queryKey: ["images"],
  queryFn: ({ signal }) => read<Page<ImageSummary>>("/images", { limit: 200 }, signal),
  refetchInterval: AGAIN,
});

export const image = (name: string) =>
  queryOptions({
    queryKey: ["images", name],
    queryFn: ({ signal }) => read<ImageSummary>(`/images/${encodeURIComponent(name)}`, {}, signal),
    refetchInterval: AGAIN,
  });

export const buildsOf = (name: string) =>
  pages<BuildSummary>("/builds", { image: name, limit: 25 });

export const build = (id: number) =>
  queryOptions({
    queryKey: ["builds", id],
    queryFn: ({ signal }) => read<Build>(`/builds/${id}`, {}, signal),
    // Until the worker has read the SBOM.
    refetchInterval: ({ state }) => (state.data?.sbom.state === "waiting" ? 2_000 : false),
  });

/** The builds of one digest: one, or none. */
export const buildOfDigest = (digest: string) =>
  queryOptions({
    queryKey: ["builds", "digest", digest],
    queryFn: ({ signal }) => read<Page<BuildSummary>>("/builds", { digest, limit: 1 }, signal),
  });

/** The build of the same image that was recorded just before; null for the first. */
export const previous = (to: BuildSummary) =>
  queryOptions({
    queryKey: ["builds", to.id, "previous"],
    queryFn: async ({ signal }) => {
      const query = { image: to.image, limit: 200 };
      const { items } = await read<Page<BuildSummary>>("/builds", query, signal);
      return items.find((build) => build.id < to.id) ?? null;
    },
  });

/** What changed between two builds. */
export const changes = (to: number, from: number | undefined) =>
  queryOptions({
    queryKey: ["builds", to, "comparison", from],
    queryFn: ({ signal }) => read<Changes>(`/builds/${to}/comparison`, { with: from }, signal),
    enabled: from !== undefined,
  });

export const trialsOf = (buildId: number) =>
  queryOptions({
    queryKey: ["trials", "of", buildId],
    queryFn: ({ signal }) =>
      read<Page<TrialSummary>>("/trials", { build: buildId, limit: 20 }, signal),
  });

export const trial = (run: string | undefined) =>
  queryOptions({
    queryKey: ["trials", run],
    queryFn: ({ signal }) => read<Trial>(`/trials/${encodeURIComponent(run ?? "")}`, {}, signal),
    enabled: run !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const componentsOf = (buildId: number, filter: { name?: string; type?: string }) => ({
  ...pages<Component>(`/builds/${buildId}/components`, { ...filter, limit: 50 }),
  placeholderData: keepPreviousData,
});

export interface ComponentFilter {
  name?: string | undefined;
  version?: string | undefined;
  type?: string | undefined;
  latest: boolean;
}

export const components = (filter: ComponentFilter) => ({
  ...pages<FoundComponent>("/components", { ...filter, limit: 50 }),
  placeholderData: keepPreviousData,
});

export const deployments = (environment: string | undefined) => ({
  ...pages<Deployment>("/deployments", { environment, limit: 25 }),
  refetchInterval: AGAIN,
});

/** A list that is read page by page. */
function pages<Item>(path: string, query: Parameters<typeof read>[1]) {
  return infiniteQueryOptions({
    queryKey: [path, query],
    queryFn: ({ pageParam, signal }) =>
      read<Page<Item>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<Item>) => last.next,
  });
}
