/** Runs a test against a server on the loopback interface; `url` ends with a slash. */
export async function withServer(
  answer: (path: string, request: Request) => Response | Promise<Response>,
  test: (url: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(new URL(request.url).pathname, request),
  );
  await test(`http://127.0.0.1:${server.addr.port}/`);
}

/** Returns a URL that refuses connections; it ends with a slash. */
export function refusingUrl(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}/`;
}
