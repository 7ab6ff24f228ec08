import type { components } from "./schema";

/** The API's shapes, made from its OpenAPI document, under the names by which this page knows them. */
type Schemas = components["schemas"];

export type Build = Schemas["Build"];
export type BuildSummary = Schemas["BuildSummary"];
export type Changes = Schemas["Comparison"];
export type Component = Schemas["Component"];
export type ComponentPlace = Schemas["Holder"];
export type Deployment = Schemas["Deployment"];
export type FoundComponent = Schemas["HeldComponent"];
export type HistoryPoint = Schemas["PastBuild"];
export type ImageSummary = Schemas["ImageSummary"];
export type KeySummary = Schemas["KeySummary"];
export type MadeKey = Schemas["MadeKey"];
export type PackageChanges = Schemas["PackageChanges"];
export type Scope = KeySummary["scopes"][number];
export type Token = Schemas["Token"];
export type Trial = Schemas["Trial"];
export type TrialSummary = Schemas["TrialSummary"];
export type Verdict = TrialSummary["verdict"];

/** Some of a list; `next` is the cursor of what follows. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}
