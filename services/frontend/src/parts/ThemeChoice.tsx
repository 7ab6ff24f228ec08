import { useState } from "react";
import { chooseTheme, currentTheme, THEMES, type Theme } from "../theme";

const NAMES: Record<Theme, string> = { auto: "Auto", light: "Light", dark: "Dark" };

/** Dark or light, or as the system has it. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(currentTheme);

  return (
    <select
      className="theme"
      aria-label="Colours"
      value={theme}
      onChange={(event) => {
        const chosen = THEMES.find((name) => name === event.target.value) ?? "auto";
        chooseTheme(chosen);
        setTheme(chosen);
      }}
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {NAMES[name]}
        </option>
      ))}
    </select>
  );
}
