import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { components } from "../api/queries";
import type { ComponentPlace, FoundComponent } from "../api/types";
import { Field } from "../parts/Field";
import { Answered, Empty, More } from "../parts/states";
import { Title } from "../parts/Title";
import { useTyped } from "../useTyped";

interface Search {
  name?: string;
  version?: string;
  type?: string;
  /** `all` looks in every build and not in each image's latest alone. */
  builds?: string;
}

const NAMED = ["library", "application", "framework", "operating-system", "file"];
const TYPES = Object.fromEntries(NAMED.map((type) => [type, type]));

/** Which images contain a component: the question that is asked on a bad day. */
export function Components({ search }: { search: Search }) {
  const isAsked = Boolean(search.name || search.version);
  return (
    <>
      <div className="head">
        <Title name="Components">Components</Title>
      </div>
      <Form search={search} />
      {isAsked ? (
        <Found search={search} />
      ) : (
        <Empty title="Which images contain it?">
          <p>
            Type a name, such as <Example name="openssl" version="3.0" />, and the version it begins
            with.
          </p>
        </Empty>
      )}
    </>
  );
}

function Example({ name, version }: { name: string; version: string }) {
  return (
    <Link to="/components" search={{ name, version }}>
      {name} {version}
    </Link>
  );
}

function Form({ search }: { search: Search }) {
  const navigate = useNavigate();
  const change = (part: Search) =>
    navigate({ to: "/components", search: (before) => ({ ...before, ...part }), replace: true });
  const [name, setName] = useTyped(search.name ?? "", (text) => change({ name: text }));
  const [version, setVersion] = useTyped(search.version ?? "", (text) => change({ version: text }));

  return (
    <search>
      <form className="ask" onSubmit={(event) => event.preventDefault()}>
        <Typed label="Name" example="openssl" value={name} onType={setName} isFirst />
        <Typed label="Version begins with" example="3.0" value={version} onType={setVersion} />
        <Choice
          label="Type"
          options={{ "": "any", ...TYPES }}
          value={search.type}
          onChoose={(type) => change({ type })}
        />
        <Choice
          label="In"
          options={{ "": "latest builds", all: "all builds" }}
          value={search.builds}
          onChoose={(builds) => change({ builds })}
        />
      </form>
    </search>
  );
}

interface TypedProps {
  label: string;
  example: string;
  value: string;
  onType: (text: string) => void;
  /** Has the focus when the page is come to, and takes what room the others leave. */
  isFirst?: boolean;
}

function Typed({ label, example, value, onType, isFirst = false }: TypedProps) {
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (isFirst) {
      field.current?.focus();
    }
  }, [isFirst]);

  return (
    <Field label={label} grows={isFirst}>
      {(id) => (
        <input
          id={id}
          type="search"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          placeholder={example}
          value={value}
          onChange={(event) => onType(event.target.value)}
          data-search={isFirst || undefined}
          ref={field}
        />
      )}
    </Field>
  );
}

interface ChoiceProps {
  label: string;
  /** What each value is called. */
  options: Record<string, string>;
  value: string | undefined;
  onChoose: (value: string) => void;
}

function Choice({ label, options, value, onChoose }: ChoiceProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value ?? ""} onChange={(event) => onChoose(event.target.value)}>
          {Object.entries(options).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Found({ search: { name, version, type, builds } }: { search: Search }) {
  const list = useInfiniteQuery(components({ name, version, type, latest: builds !== "all" }));
  return (
    <section aria-label="Found" aria-busy={list.isPlaceholderData}>
      <Answered what="The components" answer={list} lines={6}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              <p className="count" role="status">
                {summaryOf(items, list.hasNextPage)}
              </p>
              {items.length > 0 && <Table items={items} />}
            </>
          );
        }}
      </Answered>
      <More name="Show more" list={list} />
    </section>
  );
}

function summaryOf(items: FoundComponent[], isCut: boolean): string {
  if (items.length === 0) {
    return "No image contains it.";
  }
  const images = new Set(items.flatMap((item) => item.images.map((place) => place.image)));
  const found = `${isCut ? "The first " : ""}${items.length} ${items.length === 1 ? "component" : "components"}`;
  return `${found} in ${images.size} ${images.size === 1 ? "image" : "images"}.`;
}

function Table({ items }: { items: FoundComponent[] }) {
  return (
    <table className="rows">
      <caption className="unseen">Components and the images that contain them</caption>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col">Version</th>
          <th scope="col">Type</th>
          <th scope="col">Contained in</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={`${item.type} ${item.name} ${item.version} ${item.purl}`}>
            <th scope="row">
              {item.name}
              {item.purl && <code className="sub long">{item.purl}</code>}
            </th>
            <td data-label="Version" className="version">
              <code>{item.version || "–"}</code>
            </td>
            <td data-label="Type">{item.type}</td>
            <td data-label="Contained in" className="broad">
              <Places places={item.images} />
              {item.builds > item.images.length && (
                <span className="sub">{item.builds.toLocaleString("en")} builds in all</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** More than these are folded away. */
const SHOWN = 6;

function Places({ places }: { places: ComponentPlace[] }) {
  const [shown, rest] = [places.slice(0, SHOWN), places.slice(SHOWN)];
  return (
    <>
      <PlaceList places={shown} />
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <PlaceList places={rest} />
        </details>
      )}
    </>
  );
}

function PlaceList({ places }: { places: ComponentPlace[] }) {
  return (
    <ul className="places">
      {places.map((place) => (
        <li key={place.build_id}>
          <Link to="/builds/$id" params={{ id: String(place.build_id) }}>
            {place.image} <code>{place.short_sha}</code>
          </Link>
          {!place.latest && <span className="soft"> older</span>}
        </li>
      ))}
    </ul>
  );
}
