// A small server that keeps every promise, in another language on another base.
const version = await Bun.file("/app/version.json").json();

if (!process.env.APP_TOKEN) {
    console.error("APP_TOKEN is missing or empty");
    process.exit(2);
}

const server = Bun.serve({
    port: 3000,
    async fetch(request) {
        const { pathname } = new URL(request.url);
        console.log(`${request.method} ${pathname}`);
        if (pathname === "/health") return Response.json({ status: "ok", version });
        if (pathname !== "/work") return Response.json({}, { status: 404 });
        return Response.json({ bytes: (await request.text()).length });
    },
});
// What is in flight is answered before it ends.
process.on("SIGTERM", () => server.stop().then(() => process.exit(0)));
console.log("listening on 3000");
