interface Props {
  /** Null while nobody is signed in. */
  onSignOut: (() => void) | null;
}

/** The bar at the top: whose page this is, and the way out. */
export function Header({ onSignOut }: Props) {
  return (
    <header className="bar">
      <div className="brand">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span>Logbook</span>
      </div>
      {onSignOut && (
        <button type="button" className="quiet" onClick={onSignOut}>
          Sign out
        </button>
      )}
    </header>
  );
}
