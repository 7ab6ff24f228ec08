import { useCallback, useState } from "react";
import { Header } from "./components/Header";
import { Stamp } from "./components/Stamp";
import { Builds } from "./pages/Builds";
import { SignIn } from "./pages/SignIn";

const ENDED = "Your session has ended. Sign in again.";

/**
 * The whole page. The token lives in this state only: closing or reloading the page signs out, and
 * no script of another page can read it from a store.
 */
export function App() {
  const [token, setToken] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  const leave = useCallback((reason: string | null) => {
    setToken(null);
    setNotice(reason);
  }, []);
  const signOut = useCallback(() => leave(null), [leave]);
  const expire = useCallback(() => leave(ENDED), [leave]);

  return (
    <div className="page">
      <Header onSignOut={token === null ? null : signOut} />
      <main>
        {token === null ? (
          <SignIn notice={notice} onSignedIn={setToken} />
        ) : (
          <Builds token={token} onExpired={expire} />
        )}
      </main>
      <Stamp />
    </div>
  );
}
