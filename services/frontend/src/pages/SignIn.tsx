import { type ComponentProps, type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError, signIn } from "../api/client";

interface Props {
  /** Why the reader is here again, if there is a reason. */
  notice: string | null;
  onSignedIn: (token: string) => void;
}

/** The form that stands before everything else. */
export function SignIn({ notice, onSignedIn }: Props) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const username = useRef<HTMLInputElement>(null);
  const title = useId();

  useEffect(() => username.current?.focus(), []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) {
      return;
    }
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const token = await signIn(String(fields.get("username")), String(fields.get("password")));
      onSignedIn(token.access_token);
    } catch (failure) {
      setError(reasonOf(failure));
      setBusy(false);
    }
  }

  return (
    <section className="sign-in" aria-labelledby={title}>
      <h1 id={title}>Sign in</h1>
      <p className="lead">The record of every image that was built, and from which commit.</p>
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
          ref={username}
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
  return failure instanceof Error ? failure.message : "Signing in failed.";
}
