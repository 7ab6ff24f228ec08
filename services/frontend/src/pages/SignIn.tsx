import { type ComponentProps, type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError, signIn } from "../api/client";
import { formatDuration } from "../format";
import { begin } from "../session";

/** The form that stands before every page; the address stays, and is where it leads to. */
export function SignIn({ notice }: { notice: string | null }) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const title = useId();

  useEffect(() => first.current?.focus(), []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) {
      return;
    }
    const fields = new FormData(event.currentTarget);
    const username = String(fields.get("username"));
    const password = String(fields.get("password"));
    setBusy(true);
    setError(null);
    try {
      const token = await signIn({ username, password });
      begin(token.access_token, token.expires_in);
    } catch (failure) {
      setError(reasonOf(failure));
      setBusy(false);
    }
  }

  return (
    <section className="sign-in" aria-labelledby={title}>
      <title>Sign in · Logbook</title>
      <h1 id={title}>Sign in</h1>
      <p className="lead">
        What was built, what its trial found, what is inside, and where it runs.
      </p>
      {notice && !error && <p className="notice">{notice}</p>}
      {error && (
        <p className="notice bad" role="alert">
          {error}
        </p>
      )}
      <form onSubmit={submit}>
        <Field
          label="Username"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          ref={first}
        />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
        <button type="submit" className="primary" aria-disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </section>
  );
}

function Field({ label, ...input }: { label: string } & ComponentProps<"input">) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input id={id} required {...input} />
    </>
  );
}

function reasonOf(failure: unknown): string {
  if (failure instanceof ApiError && failure.status === 401) {
    return "The username or the password is wrong.";
  }
  if (failure instanceof ApiError && failure.status === 429) {
    const wait = failure.after === null ? "later" : `in ${formatDuration(failure.after)}`;
    return `There were too many wrong attempts. Try again ${wait}.`;
  }
  return failure instanceof Error ? failure.message : "Signing in failed.";
}
