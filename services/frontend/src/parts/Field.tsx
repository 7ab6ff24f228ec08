import { type ReactNode, useId } from "react";

interface Props {
  label: string;
  /** Takes what room the others leave. */
  grows?: boolean;
  /** The field itself, which has this id. */
  children: (id: string) => ReactNode;
}

/** A field with its label above it. */
export function Field({ label, grows = false, children }: Props) {
  const id = useId();
  return (
    <div className={grows ? "field grow" : "field"}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
