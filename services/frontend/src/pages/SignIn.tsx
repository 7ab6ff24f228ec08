import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError, signIn } from "../api/client";
import { formatDuration } from "../format";
import { Field } from "../parts/Field";
import { expectTitle } from "../parts/Title";
import { begin } from "../session";

/** The form that stands before every page; the address stays, and is where it leads to. */
export function SignIn({ notice }: { notice: string | null }) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const title = useId();

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
      expectTitle();
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
        <Credentials />
        <button type="submit" className="primary" aria-disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </section>
  );
}

function Credentials() {
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => first.current?.focus(), []);

  return (
    <>
      <Field label="Username">
        {(id) => (
          <input
            id={id}
            name="username"
            required
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            ref={first}
          />
        )}
      </Field>
      <Field label="Password">
        {(id) => (
          <input id={id} name="password" type="password" required autoComplete="current-password" />
        )}
      </Field>
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
