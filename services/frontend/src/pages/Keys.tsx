import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { makeKey, revokeKey } from "../api/client";
import { keys } from "../api/queries";
import type { KeySummary, MadeKey, Scope } from "../api/types";
import { Copy } from "../parts/Copy";
import { Field } from "../parts/Field";
import { Ago, Moment } from "../parts/marks";
import { Answered, Empty, Failure, More } from "../parts/states";
import { Title } from "../parts/Title";

const SCOPES: Record<Scope, string> = {
  read: "reads what is recorded",
  record: "records builds, trials, SBOMs and deployments",
};

/** The keys of machines: made here, shown once, revoked here. */
export function Keys() {
  const list = useInfiniteQuery(keys);
  return (
    <>
      <div className="head">
        <Title name="Keys">Keys</Title>
        <p className="soft">for machines, and for those who are not the owner</p>
      </div>
      <Maker />
      <section className="part" aria-label="Keys that were made">
        <Answered what="The keys" answer={list} lines={3}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            return items.length === 0 ? (
              <Empty title="No key was made yet" />
            ) : (
              <Table keys={items} />
            );
          }}
        </Answered>
        <More name="Show older keys" list={list} />
      </section>
    </>
  );
}

function Maker() {
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: makeKey,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.queryKey }),
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const scopes: Scope[] = fields.get("scope") === "record" ? ["read", "record"] : ["read"];
    if (!making.isPending) {
      making.mutate(
        { name: String(fields.get("name")), scopes },
        { onSuccess: () => form.reset() },
      );
    }
  }

  return (
    <>
      <form className="ask maker" onSubmit={submit}>
        <Wanted />
        <button type="submit" className="primary" aria-disabled={making.isPending}>
          Make a key
        </button>
      </form>
      {making.error && (
        <p className="notice bad" role="alert">
          {making.error.message}
        </p>
      )}
      {making.data && <Made made={making.data} />}
    </>
  );
}

function Wanted() {
  return (
    <>
      <Field label="Whose key it is" grows>
        {(id) => (
          <input
            id={id}
            name="name"
            required
            maxLength={255}
            autoComplete="off"
            placeholder="build machine"
          />
        )}
      </Field>
      <Field label="What it may do">
        {(id) => (
          <select id={id} name="scope">
            <option value="read">read</option>
            <option value="record">read and record</option>
          </select>
        )}
      </Field>
    </>
  );
}

function Made({ made }: { made: MadeKey }) {
  return (
    <div className="notice" role="status">
      <p>
        The key of <strong>{made.name}</strong>, shown this once:
        <code className="secret">{made.key}</code>
      </p>
      <Copy text={made.key} what="the key" />
    </div>
  );
}

function Table({ keys: items }: { keys: KeySummary[] }) {
  return (
    <table className="rows">
      <caption className="unseen">Keys, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">May</th>
          <th scope="col">Made</th>
          <th scope="col">Last used</th>
          <th scope="col">
            <span className="unseen">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ item }: { item: KeySummary }) {
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => revokeKey(item.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.queryKey }),
  });
  return (
    <tr className={item.revoked_at === null ? undefined : "gone"}>
      <th scope="row">
        {item.name}
        {revoking.error && (
          <Failure what="The revocation" error={revoking.error} retry={() => revoking.mutate()} />
        )}
      </th>
      <td data-label="May">
        {item.scopes.map((scope) => (
          <span key={scope} className="badge" title={SCOPES[scope]}>
            {scope}
          </span>
        ))}
      </td>
      <td data-label="Made">
        <Moment at={item.created_at} />
      </td>
      <td data-label="Last used">
        {item.last_used_at === null ? (
          <span className="soft">never</span>
        ) : (
          <Ago at={item.last_used_at} />
        )}
      </td>
      <td data-label="Revoke" className="number">
        {item.revoked_at === null ? (
          <Revoke name={item.name} busy={revoking.isPending} revoke={() => revoking.mutate()} />
        ) : (
          <span className="soft">
            revoked <Ago at={item.revoked_at} />
          </span>
        )}
      </td>
    </tr>
  );
}

interface RevokeProps {
  name: string;
  busy: boolean;
  revoke: () => void;
}

/** Folded, so that one press by mistake takes nobody's key away. */
function Revoke({ name, busy, revoke }: RevokeProps) {
  return (
    <details className="sure">
      <summary aria-label={`Revoke the key of ${name}`}>Revoke …</summary>
      <button type="button" className="small" aria-disabled={busy} onClick={() => busy || revoke()}>
        Revoke it for good
      </button>
    </details>
  );
}
