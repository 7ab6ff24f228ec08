import { QueryClientProvider } from "@tanstack/react-query";
import { type RouterHistory, RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { newQueryClient } from "./api/queries";
import { newRouter } from "./router";
import { useSession } from "./session";

/** The whole page; nothing that was read outlives the session it was read in. */
export function App({ history }: { history?: RouterHistory }) {
  const [client] = useState(newQueryClient);
  const [router] = useState(() => newRouter(history));
  const { token } = useSession();

  useEffect(() => {
    if (token === null) {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "server" });
    }
  }, [client, token]);

  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
